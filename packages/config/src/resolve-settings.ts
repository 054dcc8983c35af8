import type { ConfigIssue } from "@pibuild/core";
import { expectedValue, settingText, valueSchema } from "./setting-row.ts";
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
  readonly issues: readonly ConfigIssue[];
}

/** An environment as Node has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The complete settings: defaults, then the file, then the environment (only rows that allow it).
 * An empty variable counts as not set, as shells and CI systems pass unset ones on.
 */
export function resolveSettings(
  fromFile: Readonly<Record<string, unknown>>,
  derived: Partial<Record<SettingName, Resolved>>,
  env: Environment,
): ResolvedSettings {
  const values = {} as Record<SettingName, string>;
  const origins = {} as Record<SettingName, Origin>;
  const issues: ConfigIssue[] = [];
  for (const name of settingNames) {
    const row = settings[name];
    const set = (value: string, origin: Origin) => {
      values[name] = value;
      origins[name] = origin;
    };
    set(derived[name]?.value ?? row.default, derived[name]?.origin ?? "default");
    if (row.derivedFrom !== undefined) continue;
    const written = valueSchema(row).safeParse(fromFile[name]);
    if (written.success) set(settingText(written.data), "file");
    const variable = row.environment === true ? env[name] : undefined;
    if (variable === undefined || variable === "") continue;
    const given = valueSchema(row).safeParse(fromText(variable, row.kind));
    if (given.success) set(settingText(given.data), "environment");
    else {
      const message = `expected ${expectedValue(row)}${found(name, env)}`;
      issues.push(environmentIssue(name, { message }));
    }
  }
  return { values, origins, issues };
}

/** An issue about a variable of pibuild's own environment, which has no line to point at. */
export function environmentIssue(name: string, { message, hint }: IssueWords): ConfigIssue {
  const at = { file: `environment variable ${name}` };
  return { message, at, ...(hint === undefined ? {} : { hint }) };
}

function fromText(variable: string, kind: "string" | "flag" | "enum"): string | boolean {
  if (kind === "flag" && /^(?:true|false)$/.test(variable)) return variable === "true";
  return variable;
}

function found(name: SettingName, env: Environment): string {
  return settings[name].secret === true ? "" : `, found \`${env[name]}\``;
}
