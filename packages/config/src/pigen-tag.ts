/** What the name of one of pi-gen's tags says. */
export interface PigenTag {
  /** `YYYY-MM-DD`; dates compare as texts. */
  readonly date: string;
  readonly release: string;
  readonly arch: "armhf" | "arm64";
}

/** Since this date, tags name the architecture always; before it, armhf went without saying. */
const archAlwaysNamed = "2024-10-22";

/** Reads a name such as `2026-06-18-raspios-trixie-arm64`; undefined for one of another scheme. */
export function parsePigenTag(tag: string): PigenTag | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})-raspios-([a-z]+)(?:-(armhf|arm64))?$/.exec(tag);
  const [, date, release, named] = match ?? [];
  if (date === undefined || release === undefined) return undefined;
  if (named === undefined && date >= archAlwaysNamed) return undefined;
  return { date, release, arch: named === "arm64" ? "arm64" : "armhf" };
}
