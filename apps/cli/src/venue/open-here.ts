import { findWorkspace } from "@pibuild/config";
import { imageReader, type OpenImage, openImage } from "@pibuild/graph";
import type { CliContext } from "../context.ts";
import { cacheWords } from "../reporters/cache-words.ts";
import { runInContainer } from "./run-in-container.ts";
import type { VenueFlags } from "./venue-flags.ts";
import { containerOf } from "./where.ts";

/**
 * Opens an image for a question about its layers. Gives undefined where they lie in a container's
 * volume: this very command has run there then, and answered.
 */
export async function openHere(
  context: CliContext,
  name: string,
  flags: VenueFlags,
): Promise<OpenImage | undefined> {
  const { env, signal } = context;
  const workspace = await findWorkspace(context.start);
  const read = imageReader({ workspace, name, env, signal });
  const container = await containerOf(context, { workspace, image: read, flags });
  if (container === undefined)
    return openImage({
      ...{ workspace, name, env, signal, image: await read() },
      emit: cacheWords(context),
    });
  await runInContainer(context, container);
  return undefined;
}
