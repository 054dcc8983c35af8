import { findWorkspace, type Image } from "@pibuild/config";
import { isPibuildError } from "@pibuild/core";
import { lockImage, openImage } from "@pibuild/graph";
import type { Lock } from "@pibuild/mirrors";
import type { CliContext } from "../../context.ts";

/** What the layers of a built image would lock; warns of packages that came from no archive. Throws USAGE. */
export async function builtLock(
  context: CliContext,
  name: string,
): Promise<{ readonly image: Image; readonly built: Lock }> {
  const { env, signal } = context;
  const workspace = await findWorkspace(context.start);
  const read = async (unlocked: boolean) => {
    const open = await openImage({ workspace, name, env, signal, unlocked });
    return { image: open.image, ...(await lockImage(open)) };
  };
  const { image, lock, unknown } = await read(false).catch((error: unknown) => {
    // What was built before there was a lock has other fingerprints.
    if (isPibuildError(error, "USAGE")) return read(true);
    throw error;
  });
  for (const each of unknown)
    context.message(`warning: ${each} is installed, and no archive of the image has it`);
  return { image, built: lock };
}
