import { overrides, type SettingRow, secretNames, settingNames, settings } from "@pibuild/config";

/** How a machine reaches the network. */
const proxies = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

/** What changes a build and is no setting. Paths among them are bound at the same place. */
const own = ["ARMHF", "PIBUILD_TWIN", "PIBUILD_STEP_MEMORY", "PIGEN_DIR", "NX_SKIP_NX_CACHE"];

/** Of the caller's variables those that a build sees, by name: their values stay out of argument lists. */
export function passedVariables(env: NodeJS.ProcessEnv): Record<string, undefined> {
  const ofSettings = settingNames.filter((name) => (settings[name] as SettingRow).environment);
  const inFiles = secretNames.map((name) => `${name}_FILE`);
  return present([...ofSettings, ...inFiles, ...Object.keys(overrides), ...own, ...proxies], env);
}

/** The same of the network alone. */
export function proxyVariables(env: NodeJS.ProcessEnv): Record<string, undefined> {
  return present(proxies, env);
}

function present(names: readonly string[], env: NodeJS.ProcessEnv): Record<string, undefined> {
  const set = names.filter((name) => env[name] !== undefined && env[name] !== "");
  return Object.fromEntries(set.map((name) => [name, undefined]));
}
