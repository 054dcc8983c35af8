import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Image, loadPin, pinFileName } from "@pibuild/config";
import { type Exec, PibuildError } from "@pibuild/core";
import { gitState } from "./git-state.ts";

/** The pi-gen that an image is built with. */
export interface UsedPiGen {
  /** Its commit; empty where its directory is no git checkout. */
  readonly commit: string;
  /** Whether files of it differ from that commit. */
  readonly changed: boolean;
  /** The pin, where PIGEN_DIR takes its place and is something else. */
  readonly instead?: { readonly tag: string; readonly commit: string };
}

/** Asks which pi-gen an image is built with, and whether that is the pin's; undefined for one without stages of it. */
export async function usedPiGen(
  { piGen, workspace }: Image,
  { exec, env }: { readonly exec: Exec; readonly env: NodeJS.ProcessEnv },
): Promise<UsedPiGen | undefined> {
  if (piGen === undefined) return undefined;
  const pin = await loadPin(join(workspace, pinFileName)).catch((error: unknown) => {
    // PIGEN_DIR takes its place, whatever it says.
    if (env.PIGEN_DIR && error instanceof PibuildError) return undefined;
    throw error;
  });
  if (!env.PIGEN_DIR) return { commit: pin?.commit ?? "", changed: false };
  // A directory inside another repository would answer with that one's commit.
  const { gitHash: commit, gitDescribe } = existsSync(join(piGen, ".git"))
    ? await gitState(exec, piGen)
    : { gitHash: "", gitDescribe: "" };
  const changed = gitDescribe.endsWith("-dirty");
  if (pin === undefined || (pin.commit === commit && !changed)) return { commit, changed };
  return { commit, changed, instead: { tag: pin.tag, commit: pin.commit } };
}

/** It in one word, for records. */
export function piGenWord({ commit, changed }: UsedPiGen): string {
  return commit === "" ? "no commit" : `${commit}${changed ? " with changes" : ""}`;
}
