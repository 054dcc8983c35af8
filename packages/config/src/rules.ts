import { isReservedName } from "./reserved-names.ts";
import { isSettingName, type SettingName } from "./settings.ts";
import type { IssueWords } from "./source-text.ts";
import { mapOf, type YamlPath } from "./yaml-file.ts";

/** A broken rule, with the key of image.yaml that it is about. */
export interface BrokenRule extends IssueWords {
  readonly path: YamlPath;
}

/** pi-gen's own rules between two settings; its build.sh stops where one is broken. */
export function brokenSettingRules(values: Readonly<Record<SettingName, string>>): BrokenRule[] {
  const broken: BrokenRule[] = [];
  const needs = (flag: SettingName, other: SettingName, hint: string) => {
    if (values[flag] !== "1" || values[other] !== "") return;
    broken.push({
      path: ["settings", flag],
      message: `\`${flag}\` is on, but \`${other}\` is not set`,
      hint,
    });
  };
  needs(
    "PUBKEY_ONLY_SSH",
    "PUBKEY_SSH_FIRST_USER",
    "add your public key as PUBKEY_SSH_FIRST_USER, or nobody could log in",
  );
  needs(
    "DISABLE_FIRST_BOOT_USER_RENAME",
    "FIRST_USER_PASS",
    "set FIRST_USER_PASS, in the environment if it must not stand in the file",
  );
  return broken;
}

/** Variables below `env:` that pibuild or pi-gen set. */
export function brokenEnvRules(env: unknown): BrokenRule[] {
  return Object.keys(mapOf(env)).flatMap((name) => {
    const path = ["env", name];
    if (isSettingName(name)) {
      return [{ path, message: `\`${name}\` is a setting; move it below \`settings:\`` }];
    }
    return isReservedName(name) ? [{ path, message: `\`${name}\` is set by pibuild itself` }] : [];
  });
}

/** A name that is not the directory's: commands, results and records all go by the directory. */
export function brokenNameRules(name: unknown, directory: string): BrokenRule[] {
  if (typeof name !== "string" || name === directory) return [];
  const message = `\`name\` is \`${name}\`, but the image's directory is \`${directory}\``;
  return [{ path: ["name"], message, hint: "leave `name` out, or rename the directory" }];
}
