import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Image, loadPin, pinFileName } from "@pibuild/config";
import { type Exec, isPibuildError } from "@pibuild/core";
import { gitState } from "./git-state.ts";

/** The pi-gen that an image is built with. */
export interface UsedPiGen {
  /** Its commit; empty where its directory is no git checkout. */
  readonly commit: string;
  /** The pin, where PIGEN_DIR takes its place and is at another commit. */
  readonly instead?: { readonly tag: string; readonly commit: string };
}

/** Asks which pi-gen an image is built with, and whether that is the pin's; undefined for one without stages of it. */
export async function usedPiGen(
  { piGen, workspace }: Image,
  { exec, env }: { readonly exec: Exec; readonly env: NodeJS.ProcessEnv },
): Promise<UsedPiGen | undefined> {
  if (piGen === undefined) return undefined;
  const pin = await loadPin(join(workspace, pinFileName)).catch((error: unknown) => {
    if (env.PIGEN_DIR && isPibuildError(error, "CONFIG_MISSING")) return undefined;
    throw error;
  });
  if (!env.PIGEN_DIR) return { commit: pin?.commit ?? "" };
  // A directory inside another repository would answer with that one's commit.
  const commit = existsSync(join(piGen, ".git")) ? (await gitState(exec, piGen)).gitHash : "";
  if (pin === undefined || pin.commit === commit) return { commit };
  return { commit, instead: { tag: pin.tag, commit: pin.commit } };
}
