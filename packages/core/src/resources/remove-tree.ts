import { rm } from "node:fs/promises";
import { createExec } from "../exec/create-exec.ts";
import { mountsBelow } from "./mounts.ts";

/**
 * Removes a directory tree. Mounts below it are detached first: a tree that held a bind mount
 * of `/dev` would otherwise take the host's devices along.
 */
export async function removeTree(path: string): Promise<void> {
  const exec = createExec();
  for (const target of mountsBelow(path)) {
    await exec.run({ program: "umount", args: ["--lazy", target] });
  }
  const left = mountsBelow(path);
  if (left.length > 0) throw new Error(`still mounted below ${path}: ${left.join(", ")}`);
  await rm(path, { recursive: true, force: true });
}
