import { mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, isPibuildError, ownMounts, removeTree } from "@pibuild/core";
import { namespacesRefused } from "./namespaces.ts";

/**
 * Those by which overlays note deletions, and those of programs in an image: tmpfs takes these since
 * Linux 6.6.
 */
const attributes = ["trusted.overlay.opaque", "user.pibuild"];

/**
 * Mounts an overlay over a directory and takes it away again, as root and unseen by others. Gives
 * the reason where the kernel refuses, or where the filesystem does not keep the attributes that
 * layers need; undefined where it works, or where nothing can be mounted or the programs for it are
 * missing, whatever the filesystem.
 */
export async function overlayRefused(exec: Exec, directory: string): Promise<string | undefined> {
  if ((await namespacesRefused(exec)) !== undefined) return undefined;
  const scratch = await mkdtemp(join(directory, ".pibuild-doctor-")).catch(closed);
  if (scratch === undefined) return "nothing can be written there";
  const options = "lowerdir=lower,upperdir=upper,workdir=work";
  try {
    for (const name of ["lower", "upper", "work", "merged"]) await mkdir(join(scratch, name));
    for (const name of attributes) {
      await exec.run({
        program: "setfattr",
        args: ["-n", name, "-v", "y", join(scratch, "lower")],
      });
    }
    await exec.run({
      program: "unshare",
      args: [...ownMounts, "mount", "-t", "overlay", "-o", options, "overlay", "merged"],
      cwd: scratch,
    });
    return undefined;
  } catch (error) {
    if (isPibuildError(error, "ENV_TOOL_MISSING")) return undefined;
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    const said = error.data.tail.filter((line) => !line.includes("dmesg"));
    return said.at(-1)?.trim() ?? error.message;
  } finally {
    await removeTree(scratch);
  }
}

function closed(error: NodeJS.ErrnoException): undefined {
  if (!["EROFS", "EACCES", "EPERM"].includes(error.code ?? "")) throw error;
}
