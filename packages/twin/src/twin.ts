import { mkdir, realpath, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type NativePrograms, nativePrograms, standIns, twinMount } from "@pibuild/binfmt";
import { findProgram, isPibuildError } from "@pibuild/core";
import { type Mount, mountAll } from "@pibuild/layers";
import { findTwin } from "./find-twin.ts";
import { findRedirection, type Redirection, writeInterpreter } from "./redirection.ts";
import type { TwinContext } from "./twin-context.ts";

/**
 * Lays out the twin of the image's release for the steps of this run, below `twinMount`. Undefined
 * where programs are emulated: by choice, on arm64, or because this host cannot do better, which
 * is said once. Must run as root in a prepared namespace.
 */
export async function prepareTwin(
  context: TwinContext,
  { bootstrap }: { readonly bootstrap: boolean },
): Promise<Redirection | undefined> {
  const { exec, spec, emit } = context;
  if (process.arch === "arm64" || spec.arch !== "arm64") return undefined;
  if (context.twin === "off") return undefined;
  const explain = (why: string) => {
    const message = `every program is emulated, which is slow: ${why}`;
    emit({ type: "notice", level: "warning", message });
    return undefined;
  };
  const native = nativePrograms();
  if (native === undefined) return explain("the twin's programs were not built (musl-tools)");
  await mkdir(twinMount, { recursive: true });
  const interpreter = join(twinMount, "redirect");
  if (findProgram("qemu-aarch64-static") === undefined)
    return explain("qemu-user-static is missing");
  await writeInterpreter(native, interpreter);
  const redirection = await findRedirection(exec, context.twin, native, interpreter);
  if ("why" in redirection) return explain(redirection.why);
  let blob: string;
  try {
    blob = await findTwin(context, native, { upToDate: bootstrap });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    return explain(`the twin could not be made: ${error.data.tail.at(-1) ?? error.message}`);
  }
  const tree = join(twinMount, "tree");
  await mkdir(tree);
  const options = "loop,ro,nodev,nosuid";
  await exec.run({ program: "mount", args: ["-t", "squashfs", "-o", options, blob, tree] });
  const standing = await standIn(context, native);
  const { program, prefix } = redirection;
  try {
    // As a step will: a container may allow one half of it and not the other.
    await exec.run({ program, args: [...prefix, "chroot", "/", "true"] });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    await exec.run({ program: "umount", args: standing });
    return explain(error.data.tail.join(" "));
  }
  return redirection;
}

/**
 * Puts `twin` in the place of the programs that start others in a chroot, for this run's namespace
 * only: PATH stays as it is, and a script that names one by its path finds it as well. Returns
 * where.
 */
async function standIn({ exec }: TwinContext, native: NativePrograms): Promise<string[]> {
  const real = join(twinMount, "real");
  const mounts: Mount[] = [];
  const standing: string[] = [];
  await mkdir(real);
  for (const name of standIns) {
    const found = findProgram(name);
    const path = found && (await realpath(found));
    // One program under many names would be replaced under all of them.
    if (path === undefined || basename(path) !== name) continue;
    await writeFile(join(real, name), "");
    const bind = { type: "none", options: "bind" };
    mounts.push({ ...bind, source: path, target: join(real, name) });
    mounts.push({ ...bind, source: native.twin, target: path });
    standing.push(path);
  }
  await mountAll(exec, mounts);
  return standing;
}
