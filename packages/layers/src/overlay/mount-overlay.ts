import { chmod, chown, mkdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, PibuildError } from "@pibuild/core";
import { type Mount, mountAll } from "./mount-all.ts";

export interface OverlayOptions {
  /** Lower directories, top first, relative to `cwd`. */
  readonly lowers: readonly string[];
  readonly cwd: string;
  readonly target: string;
  /** Where changes go; without it the mount is read-only. Needs `upper/` and `scratch/` on one filesystem. */
  readonly changes?: { readonly upper: string; readonly scratch: string };
}

/** mount(2) hands the kernel one page of options. */
const maximumOptionBytes = 4095;

/** Mounts an overlay; see `overlayMount`. */
export async function mountOverlay(exec: Exec, options: OverlayOptions): Promise<void> {
  await mountAll(exec, [await overlayMount(options)], options.cwd);
}

/**
 * Makes the directories of an overlay, and gives what mounts it, from `cwd`: one whose upper directory is a plain description of what changed:
 * no redirects, no metadata-only copies, no index. `volatile` drops every fsync
 * below it, which is most of what dpkg waits for; `noatime` is what `keepHardLinks` relies on.
 */
export async function overlayMount(options: OverlayOptions): Promise<Mount> {
  const { lowers, cwd, target, changes } = options;
  await mkdir(target, { recursive: true });
  const flags = [
    "noatime",
    `lowerdir=${lowers.join(":")}`,
    "redirect_dir=off",
    "metacopy=off",
    "index=off",
    "xino=off",
  ];
  if (changes !== undefined) {
    await makeUpper(join(cwd, changes.upper), join(cwd, lowers[0] ?? ""));
    await mkdir(join(cwd, changes.scratch), { recursive: true });
    flags.push(`upperdir=${changes.upper}`, `workdir=${changes.scratch}`, "volatile");
  }
  const data = flags.join(",");
  if (data.length > maximumOptionBytes) {
    throw new PibuildError("ENV_UNSUPPORTED", {
      what: `the chain has ${lowers.length} layers, more than one overlay mount can take`,
    });
  }
  return { type: "overlay", options: data, source: "overlay", target };
}

/** The root of an overlay shows its upper directory's own attributes, so they come from below. */
async function makeUpper(upper: string, below: string): Promise<void> {
  if ((await mkdir(upper, { recursive: true })) === undefined) return;
  const { mode, uid, gid, mtimeMs } = await stat(below);
  await chown(upper, uid, gid);
  await chmod(upper, mode & 0o7777);
  await utimes(upper, mtimeMs / 1000, mtimeMs / 1000);
}
