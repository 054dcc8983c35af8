import { resolve } from "node:path";
import type { SettingRow } from "../setting-row.ts";
import { settingNames, settings } from "../settings.ts";
import type { Environment } from "./environment.ts";

/** Variables that name a file: settings whose value is a file's text, and secrets by `<name>_FILE`. */
export const fileVariables: readonly string[] = settingNames.flatMap((name) => {
  const row: SettingRow = settings[name];
  if (row.environment !== true) return [];
  if (row.kind === "file") return [name];
  return row.secret === true ? [`${name}_FILE`] : [];
});

/** The files that the environment names; paths start at the workspace. */
export function namedFiles(env: Environment, workspace: string): string[] {
  return fileVariables.flatMap((name) => {
    const path = env[name] ?? "";
    return path === "" ? [] : [resolve(workspace, path)];
  });
}
