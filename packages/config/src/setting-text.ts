import { isAbsolute, relative, resolve } from "node:path";
import type { ConfigIssue } from "@pibuild/core";
import { pathHint } from "./environment/environment.ts";
import type { Release } from "./release.ts";
import { readSettingFile } from "./setting-file.ts";
import type { SettingRow } from "./setting-row.ts";
import { type IssueWords, sourceText } from "./source-text.ts";

/** A value as scripts see it, with what is wrong about the file that it names. */
export interface ReadText {
  readonly text?: string;
  /** The file that was read, absolute. */
  readonly file?: string;
  /** About the path, at the place where it is written. */
  readonly problems: readonly IssueWords[];
  /** About what the file holds. */
  readonly issues: readonly ConfigIssue[];
}

/** Where a value stands, and for which release. */
export interface TextPlace {
  readonly workspace: string;
  /** Where its path starts. */
  readonly from: string;
  readonly release: Release;
}

/** What scripts see of a value: itself, or the text of the file that it names. */
export async function textOf(
  row: SettingRow,
  value: string,
  { workspace, from, release }: TextPlace,
): Promise<ReadText> {
  if (row.kind !== "file" || value === "") return { text: value, problems: [], issues: [] };
  const path = resolve(from, value);
  const read = readSettingFile(path);
  if ("problem" in read) {
    const message = `\`${value}\` ${read.problem}`;
    const hint = from === workspace ? pathHint : "paths in image.yaml start at its own directory";
    return { problems: [{ message, hint }], issues: [] };
  }
  const inside = relative(workspace, path);
  const shown = inside.startsWith("..") || isAbsolute(inside) ? path : inside;
  const source = sourceText(shown, read.text, maskCredentials);
  const issues = (await row.check?.(source, release)) ?? [];
  return { text: read.text, file: path, problems: [], issues };
}

/** Blanks what follows a name such as `passwd:` or `TUNNEL_TOKEN=` on a line, misspelt ones included. */
function maskCredentials(line: string): string {
  return line.replace(/((?:pas+[wp]|pwd|psk|token|secret)\w*["']?\s*[:=]\s*)\S.*/i, "$1***");
}
