import { isPibuildError, PibuildError } from "@pibuild/core";
import type { Engine } from "../engine/engine.ts";
import type { Network } from "./network.ts";
import { cacheDirectory, cacheVolume } from "./paths.ts";
import { type Rights, rightsLadder } from "./rights.ts";
import { runArguments } from "./run-arguments.ts";

/**
 * All that a build does beyond what any container may: a layer through a loop device, an overlay
 * on the volume in a mount namespace of its own with a directory replaced (a `trusted` attribute),
 * a device node, a pid namespace with its own /proc, which it guards as it does /sys, and its own
 * terminals. Says at its end whether programs can be
 * redirected unseen by the rest of the machine, which makes steps fast and is not a must.
 */
const probe = `set -eu
cd "$(mktemp --directory ${cacheDirectory}/probe.XXXXXX)"
trap 'rm -rf "$PWD"' EXIT
mkdir --parents lower/directory upper work merged layer
mknod node c 1 3
mksquashfs lower lower.squashfs -quiet -no-progress
unshare --mount --propagation private sh -euc '
	mount -t squashfs -o loop,ro lower.squashfs layer
	mount -t overlay -o lowerdir=layer,upperdir=upper,workdir=work overlay merged
	rmdir merged/directory
	mkdir merged/directory
	mount -t tmpfs tmpfs lower
	unshare --mount --propagation private --uts --pid --fork --mount-proc sh -euc "
		mount -t devpts -o newinstance devpts lower
		mount -o bind,ro /proc/sys /proc/sys
		! mountpoint -q /sys || mount -o remount,bind,ro /sys
		mount --move lower /dev/pts"'
if unshare --user --map-root-user --mount --propagation private mount -t binfmt_misc none /mnt; then echo redirects; fi
echo mounts
`;

/**
 * The first set of rights that the engine grants and that suffices: `--privileged`, else the least
 * that lets programs be redirected, else the least that mounts. Throws ENGINE_RIGHTS.
 */
export async function findRights(
  engine: Engine,
  { image, network, redirects }: { image: string; network: Network; redirects: boolean },
): Promise<Rights> {
  let mounting: Rights | undefined;
  let detail = "";
  for (const rights of rightsLadder(engine.name)) {
    const tried = await tryRights(engine, { image, network, rights });
    if ("why" in tried) detail = tried.why;
    else if (rights.args.includes("--privileged") || tried.redirects || !redirects) return rights;
    else mounting ??= rights;
  }
  if (mounting !== undefined) return mounting;
  throw new PibuildError("ENGINE_RIGHTS", { engine: engine.name, detail });
}

async function tryRights(
  engine: Engine,
  { image, network, rights }: { image: string; network: Network; rights: Rights },
): Promise<{ readonly redirects: boolean } | { readonly why: string }> {
  const [run = "", ...args] = runArguments({
    name: `pibuild-probe-${process.pid}`,
    image,
    network,
    rights,
    entrypoint: "bash",
    args: ["-c", probe],
    mounts: [{ type: "volume", source: cacheVolume, target: cacheDirectory }],
  });
  try {
    const { stdout } = await engine.call([run, "--rm", ...args]);
    return { redirects: stdout.includes("redirects") };
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return {
      why: error.data.tail.findLast((line) => line !== "" && !line.startsWith("Run '")) ?? "",
    };
  }
}
