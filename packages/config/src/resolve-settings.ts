import { type ConfigIssue, type Login, splitLogins } from "@pibuild/core";
import { type Environment, environmentIssue } from "./environment/environment.ts";
import { variableOf } from "./environment/variable-of.ts";
import type { Release } from "./release.ts";
import { type SettingRow, settingText, valueSchema } from "./setting-row.ts";
import { textOf } from "./setting-text.ts";
import { type SettingName, settingNames, settings } from "./settings.ts";
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
  /** An issue at the value of a setting in the file. */
  readonly issueAt: (name: SettingName, words: IssueWords) => ConfigIssue;
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
    if (given === undefined) continue;
    issues.push(...given.problems.map((words) => environmentIssue(given.variable, words)));
    if (given.value === undefined) continue;
    const read = await textOf(row, given.value, { workspace, from: workspace, release });
    issues.push(...read.problems.map((words) => environmentIssue(name, words)), ...read.issues);
    set(read.text, "environment", read.file);
  }
  return { values, origins, logins: [...logins.values()].flat(), files, issues };
}
