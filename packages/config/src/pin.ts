import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type ConfigIssue, didYouMean, PibuildError } from "@pibuild/core";
import { type Range, sourceText } from "./source-text.ts";

/** The revision of pi-gen, and of what it downloads, that a workspace builds with. */
export interface Pin {
  readonly file: string;
  readonly repo: string;
  readonly tag: string;
  readonly commit: string;
  readonly release: string;
  readonly arch: string;
  /** Version of Raspberry Pi's kernel packages, where it is pinned. */
  readonly kernelVersion: string | undefined;
  /** Moment of Debian's archive (`20260101T000000Z`), where it is pinned. */
  readonly debianSnapshot: string | undefined;
}

const rows = {
  PI_GEN_REPO: { pattern: /^(?:https?|ssh|git|file):\/\/\S+$|^\/\S+$/, expected: "a git address" },
  PI_GEN_TAG: { pattern: /^[\w.][\w./+-]*$/, expected: "a git tag" },
  PI_GEN_COMMIT: { pattern: /^[0-9a-f]{40}$/, expected: "40 hexadecimal digits" },
  RELEASE: { pattern: /^(?:bookworm|trixie)$/, expected: "bookworm or trixie" },
  ARCH: { pattern: /^arm64$/, expected: "arm64" },
  KERNEL_VERSION: { pattern: /^[\w.+:~-]*$/, expected: "a package version, or nothing" },
  DEBIAN_SNAPSHOT: {
    pattern: /^(?:\d{8}T\d{6}Z)?$/,
    expected: "a time such as 20260101T000000Z, or nothing",
  },
} as const;
type PinKey = keyof typeof rows;

/** Reads `pi-gen-pin.env`. Throws CONFIG_MISSING, and CONFIG_INVALID with every bad line. */
export async function loadPin(file: string): Promise<Pin> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
    throw new PibuildError("CONFIG_MISSING", { file, what: "the pin of pi-gen" });
  });
  return parsePin(file, text);
}

/** The pin in a text of `KEY=value` lines; a shell can source the same text. */
export function parsePin(file: string, text: string): Pin {
  const source = sourceText(basename(file), text);
  const values = new Map<string, string>();
  const issues: ConfigIssue[] = [];
  const report = (range: Range | undefined, message: string, hint?: string) =>
    issues.push(source.issue({ message, hint }, range));
  let start = 0;
  for (const line of text.split("\n")) {
    const range = { start, end: start + line.trimEnd().length };
    start += line.length + 1;
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const match =
      /^([A-Za-z_][A-Za-z0-9_]*)=(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'$`\\;&|<>()]*))\s*$/.exec(line);
    const [, key, double, single, plain] = match ?? [];
    if (key === undefined) {
      report(range, "expected `KEY=value`, with quotes around anything but plain text");
      continue;
    }
    const keyRange = { start: range.start, end: range.start + key.length };
    if (!isPinKey(key)) {
      const near = didYouMean(key, Object.keys(rows));
      report(keyRange, `unknown key \`${key}\``, near && `did you mean \`${near}\`?`);
      continue;
    }
    const value = double ?? single ?? plain ?? "";
    if (values.has(key)) report(keyRange, `\`${key}\` is here twice; keep one of them`);
    else if (!rows[key].pattern.test(value)) {
      report(
        value === "" ? keyRange : { start: keyRange.end + 1, end: range.end },
        `expected ${rows[key].expected}, found ${value === "" ? "nothing" : `\`${value}\``}`,
      );
    }
    values.set(key, value);
  }
  for (const key of Object.keys(rows).filter((name) => !values.has(name))) {
    report(undefined, `\`${key}\` is missing`);
  }
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
  return pinOf(file, (key) => values.get(key) ?? "");
}

function pinOf(file: string, get: (key: PinKey) => string): Pin {
  return {
    file,
    repo: get("PI_GEN_REPO"),
    tag: get("PI_GEN_TAG"),
    commit: get("PI_GEN_COMMIT"),
    release: get("RELEASE"),
    arch: get("ARCH"),
    kernelVersion: get("KERNEL_VERSION") || undefined,
    debianSnapshot: get("DEBIAN_SNAPSHOT") || undefined,
  };
}

function isPinKey(key: string): key is PinKey {
  return Object.hasOwn(rows, key);
}
