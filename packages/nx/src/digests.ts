import { openImage, targetDigests } from "@pibuild/graph";

/**
 * The digests of all targets of some images, by `image:target`, as `pibuild digest` prints them. An
 * image that cannot be opened is left out: its targets ask for themselves, and say why.
 */
export async function digestsOf(
  workspace: string,
  images: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Readonly<Record<string, string>>> {
  const entries = images.map(async (name) => {
    const open = await openImage({ workspace, name, env }).catch(() => undefined);
    if (open === undefined) return [];
    const digests = await targetDigests(open).catch(() => new Map<string, string>());
    return [...digests].map(([target, digest]) => [`${name}:${target}`, digest] as const);
  });
  return Object.fromEntries((await Promise.all(entries)).flat());
}
