import { editDistance } from "@pibuild/core";
import { isReservedName } from "../reserved-names.ts";
import type { SettingRow } from "../setting-row.ts";
import { isSettingName, secretFileKey, secretNames, settingNames, settings } from "../settings.ts";
import type { Environment } from "./environment.ts";
import { mirrorVariables } from "./mirror-variables.ts";
import { overrides } from "./overrides.ts";
import { retiredNames } from "./retired.ts";

/** A variable that nothing reads, and the one that may have been meant. */
export interface Misspelt {
  readonly name: string;
  readonly near: string;
}

/** Of fewer letters a word of another program may well be one letter away. */
const leastLetters = 8;

/** All that pibuild reads from the environment as something about an image. */
const read = [
  ...settingNames.filter((name) => (settings[name] as SettingRow).environment),
  ...secretNames.map(secretFileKey),
  ...Object.keys(overrides),
  ...Object.keys(mirrorVariables),
  ...["PIGEN_DIR", "PI_GEN_SOURCE"],
];
const wanted = read.filter((name) => name.length >= leastLetters);

/** The variables of an environment that are one letter away from one that is read. */
export function misspeltVariables(env: Environment): Misspelt[] {
  return Object.keys(env)
    .filter((name) => env[name] !== "" && !isKnown(name))
    .sort()
    .flatMap((name) => {
      const near = wanted.find((each) => editDistance(name, each) === 1);
      return near === undefined ? [] : [{ name, near }];
    });
}

/** Whether a name means something here, be it that it has no effect. */
function isKnown(name: string): boolean {
  return (
    read.includes(name) ||
    isSettingName(name) ||
    isReservedName(name) ||
    Object.hasOwn(retiredNames, name)
  );
}
