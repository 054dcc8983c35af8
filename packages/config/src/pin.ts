import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type ConfigIssue, createRedactor, didYouMean, PibuildError } from "@pibuild/core";
import { type EnvLine, envLines } from "./env-lines.ts";
import { checkAgreement } from "./pin-agreement.ts";
import { isPinKey, type PinKey, pinKeys } from "./pin-keys.ts";
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
  /** A time of services with snapshots, as these write it. */
  readonly debianSnapshot: string | undefined;
}

/** The pin's name in a workspace. */
export const pinFileName = "pi-gen-pin.env";

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
  const redact = createRedactor();
  const source = sourceText(basename(file), text, redact);
  const lines = new Map<string, EnvLine>();
  const issues: ConfigIssue[] = [];
  const report = (range: Range | undefined, message: string, hint?: string) =>
    issues.push(source.issue({ message, hint }, range));
  for (const line of envLines(text)) {
    if ("bad" in line) {
      report(line.bad, "expected `KEY=value`, with quotes around anything but plain text");
      continue;
    }
    const { key, value, keyRange, valueRange } = line;
    if (!isPinKey(key)) {
      const near = didYouMean(key, Object.keys(pinKeys));
      report(keyRange, `unknown key \`${key}\``, near && `did you mean \`${near}\`?`);
      continue;
    }
    const { pattern, expected, hint } = pinKeys[key];
    if (lines.has(key)) report(keyRange, `\`${key}\` is here twice; keep one of them`);
    else if (!pattern.test(value)) {
      const found = value === "" ? "nothing" : `\`${redact(value)}\``;
      report(valueRange, `expected ${expected}, found ${found}`, hint);
    }
    lines.set(key, line);
  }
  for (const key of (Object.keys(pinKeys) as PinKey[]).filter((name) => !lines.has(name))) {
    report(undefined, `\`${key}\` is missing`, `add \`${key}=\` with ${pinKeys[key].expected}`);
  }
  issues.push(...checkAgreement(lines, source));
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
  return pinOf(file, (key) => lines.get(key)?.value ?? "");
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
