import { isAbsolute, resolve } from "node:path";
import type { Pin } from "@pibuild/config";
import { createRedactor, isPibuildError, PibuildError, type PigenPlace } from "@pibuild/core";
import { uploadPack } from "./git.ts";

/** The repository that a pin's tag is taken from. */
export interface PigenSource {
  /** How git is told: the address, and options before it. */
  readonly arguments: readonly string[];
  /** How people are told. */
  readonly named: PigenPlace;
}

/** PI_GEN_SOURCE (an address, or a path from the workspace on), else the pin's own repository. */
export function pigenSource(workspace: string, pin: Pin, env: NodeJS.ProcessEnv): PigenSource {
  const own = env.PI_GEN_SOURCE;
  const address = own || pin.repo;
  const namedBy = own ? "PI_GEN_SOURCE" : "PI_GEN_REPO";
  const place = /^[a-z]+:\/\//.test(address) ? address : resolve(workspace, address);
  const isHere = isAbsolute(place) || place.startsWith("file:");
  return {
    arguments: isHere ? [uploadPack, place] : [place],
    named: { place: createRedactor()(place), namedBy },
  };
}

/** Says of a failed git command that it was this source that could not be read. */
export async function reading<T>(source: PigenSource, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    throw new PibuildError("PIGEN_UNREACHABLE", { ...source.named, failure: error.data });
  }
}
