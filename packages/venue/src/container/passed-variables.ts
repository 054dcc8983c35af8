import {
  cacheVariables,
  mirrorVariables,
  misspeltVariables,
  overrides,
  type SettingRow,
  secretNames,
  settingNames,
  settings,
} from "@pibuild/config";
import { insidePath } from "./inside-path.ts";

/** How a machine reaches the network. */
const proxies = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/** What changes a build and is no setting. */
const own = [
  ...["ARMHF", "PIBUILD_TWIN", "PIBUILD_STEP_MEMORY", "PIGEN_DIR", "NX_SKIP_NX_CACHE"],
  ...["PIBUILD_OFFLINE", "PIBUILD_LOCKED"],
  ...["PIBUILD_SECRET_KEY", "PIBUILD_SECRET_KEY_FILE"],
  ...cacheVariables,
];

/** Those that name the file of a secret. */
export const secretFileVariables: readonly string[] = [
  ...secretNames.map((name) => `${name}_FILE`),
  "PIBUILD_SECRET_KEY_FILE",
];

/** Of the caller's variables those that a build sees, by name: their values stay out of argument lists. */
export function passedVariables(env: NodeJS.ProcessEnv): Record<string, undefined> {
  const ofSettings = settingNames.filter((name) => (settings[name] as SettingRow).environment);
  const inFiles = secretNames.map((name) => `${name}_FILE`);
  // It is inside that they are warned of.
  const misspelt = misspeltVariables(env).map(({ name }) => name);
  const rows = [...Object.keys(overrides), ...Object.keys(mirrorVariables)];
  const read = [...ofSettings, ...inFiles, ...rows, ...own, ...proxies];
  return present([...read, ...misspelt], env);
}

/** Those of them whose values are paths that have other names in a container. */
export function pathVariables(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  if (platform !== "win32") return {};
  const files = settingNames.filter((name) => (settings[name] as SettingRow).kind === "file");
  const cache = ["PIBUILD_CACHE_DIRECTORY", "PIBUILD_CACHE_SIGN"];
  const names = [...files, ...secretFileVariables, ...cache, "OUTPUT_DIR", "PIGEN_DIR"];
  return Object.fromEntries(
    names.flatMap((name) => (env[name] ? [[name, insidePath(env[name], platform)]] : [])),
  );
}

/** The same of the network alone. */
export function proxyVariables(env: NodeJS.ProcessEnv): Record<string, undefined> {
  return present(proxies, env);
}

function present(names: readonly string[], env: NodeJS.ProcessEnv): Record<string, undefined> {
  const set = names.filter((name) => env[name] !== undefined && env[name] !== "");
  return Object.fromEntries(set.map((name) => [name, undefined]));
}
