import { isPibuildError } from "@pibuild/core";

/** More layers than any chain has. */
const mostTimes = 1000;

/**
 * Does work that begins with a look at the store, and begins it again when a layer that the store
 * promised does not come: the store has it no more then, so its step runs. Throws what the work throws.
 */
export async function againForLost<T>(work: () => Promise<T>): Promise<T> {
  for (let times = 1; ; times += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isPibuildError(error, "LAYER_LOST") || times === mostTimes) throw error;
    }
  }
}
