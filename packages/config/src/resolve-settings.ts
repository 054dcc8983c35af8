import { resolve } from "node:path";
import { type ConfigIssue, type Login, splitLogins } from "@pibuild/core";
import { type Environment, environmentIssue } from "./environment/environment.ts";
import { variableOf } from "./environment/variable-of.ts";
import type { Release } from "./release.ts";
import { readSecretFile } from "./setting-file.ts";
import { expectedValue, type SettingRow, settingText, valueSchema } from "./setting-row.ts";
import { textOf } from "./setting-text.ts";
import { type SettingName, secretFileKey, settingNames, settings } from "./settings.ts";
import type { IssueWords } from "./source-text.ts";

/** Who decided a value. */
export type Origin = "default" | "file" | "environment";

/** One value with its origin. */
export interface Resolved<T = string> {
  readonly value: T;
  readonly origin: Origin;
}

export interface ResolvedSettings {
  readonly values: Record<SettingName, string>;
  readonly origins: Record<SettingName, Origin>;
  /** Those that stood in addresses among the values, which are without. */
  readonly logins: readonly Login[];
  /** Files whose texts are values, absolute. */
  readonly files: readonly string[];
  readonly issues: readonly ConfigIssue[];
}

/** What settings come from, besides what follows from other keys. */
export interface SettingSources {
  readonly fromFile: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  /** Where paths in the environment start. */
  readonly workspace: string;
  /** Where paths in the file start. */
  readonly directory: string;
  readonly release: Release;
  /** An issue at the value of a key of `settings:` in the file. */
  readonly issueAt: (key: string, words: IssueWords) => ConfigIssue;
}

/**
 * The complete settings: defaults, then the file, then the environment (only rows that allow it).
 * An empty variable counts as not set, as shells and CI systems pass unset ones on.
 */
export async function resolveSettings(
  derived: Partial<Record<SettingName, Resolved>>,
  sources: SettingSources,
): Promise<ResolvedSettings> {
  const { fromFile, env, workspace, directory, release, issueAt } = sources;
  const values = {} as Record<SettingName, string>;
  const origins = {} as Record<SettingName, Origin>;
  const logins = new Map<SettingName, readonly Login[]>();
  const files: string[] = [];
  const issues: ConfigIssue[] = [];
  for (const name of settingNames) {
    const row: SettingRow = settings[name];
    const set = (value: string | undefined, origin: Origin, file?: string) => {
      if (file !== undefined) files.push(file);
      if (value === undefined) return;
      const split = row.address === true ? splitLogins(value) : { text: value, logins: [] };
      values[name] = split.text;
      logins.set(name, split.logins);
      origins[name] = origin;
    };
    set(derived[name]?.value ?? row.default, derived[name]?.origin ?? "default");
    if (row.derivedFrom === undefined) {
      const written = valueSchema(row).safeParse(fromFile[name]);
      if (written.success) {
        const place = { workspace, from: directory, release };
        const read = await textOf(row, settingText(written.data), place);
        issues.push(...read.problems.map((words) => issueAt(name, words)), ...read.issues);
        set(read.text, "file", read.file);
      }
    }
    const given = row.environment === true ? variableOf(name, row, env, workspace) : undefined;
    // Whoever gives a secret needs no file of it, which a fresh clone lacks.
    if (row.secret === true && given === undefined) {
      const { value, file, problem } = secretFromFile(name, row, sources);
      if (problem !== undefined) issues.push(problem);
      set(value, "file", file);
    }
    if (given === undefined) continue;
    issues.push(...given.problems.map((words) => environmentIssue(given.variable, words)));
    if (given.value === undefined) continue;
    const read = await textOf(row, given.value, { workspace, from: workspace, release });
    issues.push(...read.problems.map((words) => environmentIssue(name, words)), ...read.issues);
    set(read.text, "environment", read.file);
  }
  return { values, origins, logins: [...logins.values()].flat(), files, issues };
}

/** A secret whose file the image names, where it does. */
function secretFromFile(
  name: SettingName,
  row: SettingRow,
  { fromFile, directory, issueAt }: SettingSources,
): { readonly value?: string; readonly file?: string; readonly problem?: ConfigIssue } {
  const key = secretFileKey(name);
  const file = fromFile[key];
  if (typeof file !== "string" || file === "") return {};
  const failed = (message: string, hint: string) => ({ problem: issueAt(key, { message, hint }) });
  if (fromFile[name] !== undefined) {
    return failed(`\`${name}\` is set too, and one of them has to do`, `leave ${name} out`);
  }
  const path = resolve(directory, file);
  const read = readSecretFile(path, file);
  const instead = `write it there, or give ${name} or ${key} in the environment`;
  if ("problem" in read) return failed(read.problem, instead);
  const given = valueSchema(row).safeParse(read.text);
  if (given.success) return { value: settingText(given.data), file: path };
  return failed(`\`${file}\` has to hold ${expectedValue(row)}`, instead);
}
