import { findWorkspace, type Image } from "@pibuild/config";
import { fetched, lockFetching, openImage, requireLock } from "@pibuild/graph";
import { type Lock, updateLock } from "@pibuild/mirrors";
import type { CliContext } from "../../context.ts";

/** An image's lock, and what an update of these packages, or of all, would make of it. Throws MIRROR_UNREACHABLE. */
export async function updatedLock(
  { env, signal, start }: CliContext,
  name: string,
  packages: readonly string[],
): Promise<{ readonly image: Image; readonly lock: Lock; readonly updated: Lock }> {
  const workspace = await findWorkspace(start);
  const open = await openImage({ workspace, name, env, signal });
  const { image } = open;
  const lock = await requireLock(image);
  return { image, lock, updated: await fetched(updateLock(lock, packages, lockFetching(open))) };
}
