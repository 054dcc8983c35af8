import { resolve } from "node:path";
import { didYouMean } from "@pibuild/core";
import { readSecretFile } from "../setting-file.ts";
import { expectedValue, type SettingRow, settingText, valueSchema } from "../setting-row.ts";
import { type SettingName, secretFileKey } from "../settings.ts";
import type { IssueWords } from "../source-text.ts";
import { type Environment, pathHint } from "./environment.ts";

/** A setting as the environment has it. */
export interface FromEnvironment {
  /** The variable that was looked at. */
  readonly variable: string;
  readonly value?: string;
  readonly problems: readonly IssueWords[];
}

/** What the environment says of a setting: by its own name, or, for a secret, in a file. */
export function variableOf(
  name: SettingName,
  row: SettingRow,
  env: Environment,
  workspace: string,
): FromEnvironment | undefined {
  const direct = env[name] ?? "";
  const fileVariable = secretFileKey(name);
  const file = row.secret === true ? (env[fileVariable] ?? "") : "";
  if (file === "") {
    return direct === "" ? undefined : validated(row, direct, name);
  }
  const failed = (message: string, hint?: string): FromEnvironment => ({
    variable: fileVariable,
    problems: [{ message, hint }],
  });
  if (direct !== "") {
    return failed(`\`${name}\` is set too, and one of them has to do`, `unset ${name}`);
  }
  const read = readSecretFile(resolve(workspace, file), file);
  if ("problem" in read) return failed(read.problem, pathHint);
  return validated(row, read.text, fileVariable);
}

function validated(row: SettingRow, text: string, variable: string): FromEnvironment {
  const given = valueSchema(row).safeParse(fromText(text, row.kind));
  if (given.success) return { variable, value: settingText(given.data), problems: [] };
  const found = row.secret === true ? "" : `, found \`${text}\``;
  const near = row.kind === "flag" ? undefined : didYouMean(text, row.values ?? []);
  const hint = near && `did you mean \`${near}\`?`;
  return { variable, problems: [{ message: `expected ${expectedValue(row)}${found}`, hint }] };
}

function fromText(variable: string, kind: SettingRow["kind"]): string | boolean {
  if (kind === "flag" && /^(?:true|false)$/.test(variable)) return variable === "true";
  return variable;
}
