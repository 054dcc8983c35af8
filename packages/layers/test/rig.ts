import { chmod, mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, type Exec, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import {
  createLayerStack,
  keepHardLinks,
  type LayerStack,
  mountOverlay,
  normalise,
  packLayer,
} from "../src/index.ts";

/** Tests that build, mount and compare layers. */
export const layering = needs(
  ...(["root", "own mount namespace", "mount", "umount", "mksquashfs"] as const),
  ...(["getfattr", "setfattr", "getcap", "bash"] as const),
);

/** 2020-09-13; every time that a test does not set is later. */
export const sourceDateEpoch = 1_600_000_000;

/** A chain of layers that grows by what scripts do to the merged tree, as a build's does. */
export interface LayerRig extends AsyncDisposable {
  readonly path: string;
  readonly exec: Exec;
  readonly stack: LayerStack;
  /** Runs a script in a directory. */
  run(script: string, directory: string): Promise<void>;
  /** Makes the next layer; `look` sees its changes before they are normalised. */
  layer(script: string, look?: (changes: string) => Promise<void>): Promise<string>;
  /** Packs a tree as it is. */
  pack(directory: string): Promise<string>;
  /** Mounts the whole chain, read-only, and gives the path. */
  view(): Promise<string>;
}

/** Makes a rig in a path with a space; dispose it with `await using`. */
export async function createLayerRig(): Promise<LayerRig> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "pibuild layers-")));
  const exec = createExec();
  const stack = createLayerStack(exec, join(path, "stack"));
  // Chains start from what a build would give them, whatever the umask.
  const makeDirectory = async (directory: string) => {
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o755);
  };
  await makeDirectory(join(stack.directory, "empty"));
  let made = 0;
  const rig: LayerRig = {
    path,
    exec,
    stack,
    async run(script, directory) {
      const args = ["-euo", "pipefail", "-c", script];
      await exec.run({ program: "bash", args, cwd: directory });
    },
    async layer(script, look = async () => {}) {
      made += 1;
      const changes = join(stack.directory, `changes-${made}`);
      const merged = join(path, `merged-${made}`);
      const [rootfs, work] = [join(changes, "rootfs"), join(changes, "work")];
      await makeDirectory(work);
      await mountOverlay(exec, {
        cwd: stack.directory,
        lowers: [...stack.lowers("rootfs"), "empty"],
        target: merged,
        changes: { upper: `changes-${made}/rootfs`, scratch: `scratch-${made}` },
      });
      await rig.run(script, merged);
      await keepHardLinks(exec, { changes: rootfs, merged }, stack);
      await exec.run({ program: "umount", args: [merged] });
      await look(rootfs);
      await normalise(exec, { rootfs, work }, sourceDateEpoch);
      const blob = await rig.pack(changes);
      await stack.push([blob]);
      return blob;
    },
    async pack(directory) {
      made += 1;
      const output = join(path, `layer-${made}.squashfs`);
      await packLayer(exec, { directory, output, sourceDateEpoch });
      return output;
    },
    async view() {
      const target = join(path, "view");
      await mountOverlay(exec, {
        cwd: stack.directory,
        lowers: [...stack.lowers("rootfs"), "empty"],
        target,
      });
      return target;
    },
    async [Symbol.asyncDispose]() {
      await removeTree(path);
    },
  };
  return rig;
}
