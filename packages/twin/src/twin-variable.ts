/** How arm64 programs may be run: all emulated, or redirected in one of two ways, or the better. */
export type TwinChoice = "off" | "private" | "shared" | "any";

/** The variable by which a caller chooses; `0` turns the twin off. */
export const twinVariable = "PIBUILD_TWIN";

/** The caller's choice; a value that is not known counts as none. */
export function twinChoice(env: NodeJS.ProcessEnv): TwinChoice {
  const value = env[twinVariable];
  if (value === "0" || value === "off") return "off";
  return value === "private" || value === "shared" ? value : "any";
}
