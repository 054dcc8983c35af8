import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./describe-finding.ts";
import type { Finding } from "./finding.ts";
import { rules } from "./rules.ts";

/** A comment `# pibuild: allow CODE reason`. */
interface Allow {
  readonly code: string;
  readonly reason: string;
  readonly line: number;
  readonly column: number;
}

export interface AllowOptions {
  /** Texts that were read already, by path: their comments are judged, too. */
  readonly texts: ReadonlyMap<string, { readonly text: string; readonly stage: string }>;
  /** Whether shellcheck ran, so that a comment for one of its codes may be idle. */
  readonly shellchecked: boolean;
}

const comment = /(?:^|\s)#\s*pibuild:\s*allow\b[ \t]*(\S*)[ \t]*(.*)$/;
/** What a stage is found guilty of in one list need not hold in another. */
const ofLists = ["NO_EXPORT_IMAGE", "SKIP_BREAKS_NEXT", "SORTS_BEFORE_STAGE0", "STAGE_NAME_SPLITS"];

/**
 * Leaves out what comments allow: on the line of a finding, or among the comments right above it;
 * for a whole file, anywhere in it; for what can hold no comment, in the stage's `prerun.sh`.
 * Adds what is wrong with the comments themselves.
 */
export async function applyAllows(
  findings: readonly Finding[],
  { texts, shellchecked }: AllowOptions,
): Promise<Finding[]> {
  const kept: Finding[] = [];
  const used = new Set<string>();
  for (const finding of findings) {
    const file = texts.has(finding.file) ? finding.file : await fileFor(finding);
    const text = texts.get(file)?.text ?? (await readFile(file, "utf8").catch(() => ""));
    const allows = parseAllows(text).filter((allow) => silences(allow, finding, text));
    for (const { line } of allows) used.add(`${file}:${line}`);
    if (allows.length === 0) kept.push(finding);
  }
  for (const [file, { text, stage }] of texts) {
    for (const allow of parseAllows(text)) {
      const { code, line, column } = allow;
      const place = { file, line, column, stage };
      const problem = problemOf(allow);
      const unsure = ofLists.includes(code) || (code.startsWith("SC") && !shellchecked);
      if (problem !== undefined) kept.push({ code: "ALLOW_UNUSABLE", ...place, data: { problem } });
      else if (!used.has(`${file}:${line}`) && !unsure) {
        kept.push({ code: "ALLOW_IDLE", ...place, data: { allowed: code } });
      }
    }
  }
  return kept;
}

function parseAllows(text: string): Allow[] {
  return text.split(/\r?\n/).flatMap((source, index) => {
    const found = comment.exec(source);
    if (found === null) return [];
    const [, code = "", reason = ""] = found;
    return { code, reason, line: index + 1, column: source.indexOf("#", found.index) + 1 };
  });
}

function silences(allow: Allow, finding: Finding, text: string): boolean {
  if (allow.code !== codeOf(finding) || problemOf(allow) !== undefined) return false;
  if (finding.line === undefined || allow.line === finding.line) return true;
  const begin = finding.from ?? finding.line;
  const between = text.split("\n").slice(allow.line - 1, begin - 1);
  return allow.line <= begin && between.every((line) => /^\s*#/.test(line));
}

function problemOf({ code, reason }: Allow): string | undefined {
  const known = (code in rules && code !== "SHELLCHECK") || /^SC\d{4}$/.test(code);
  if (!known) return `allows \`${code}\`, which is no rule's code`;
  return reason.trim() === "" ? `allows ${code} without a reason` : undefined;
}

/** A directory or a link to nowhere holds no comment. */
async function fileFor({ file, stage }: Finding): Promise<string> {
  const readable = await readFile(file).then(
    () => true,
    () => false,
  );
  return readable ? file : join(stage, "prerun.sh");
}
