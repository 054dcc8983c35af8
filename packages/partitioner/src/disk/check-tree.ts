import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { checkAttributes } from "../ext4/attribute-room.ts";
import { fatContent } from "../fat/content.ts";
import type { Layout } from "../layout/layout.ts";
import { scanTree } from "../tree/scan-tree.ts";
import { ownFiles } from "./partition-content.ts";

/**
 * Whether the filesystems of a layout can hold what was changed in a tree, which need not be finished: the
 * FATs all that lies at their mount points in `root`, an ext4 the extended attributes in `changes`. Throws
 * LAYOUT_INVALID with the first path that they cannot.
 */
export async function checkTree(
  exec: Exec,
  layout: Layout,
  { root, changes }: { readonly root: string; readonly changes: string },
): Promise<void> {
  for (const { role, filesystem, content, mountPoint } of layout.partitions) {
    if (filesystem === "ext4" && mountPoint === "/") await checkAttributes(exec, changes, role);
    if (filesystem !== "fat32" || content !== "tree" || mountPoint === undefined) continue;
    const entries = await scanTree(join(root, mountPoint), { role }).catch(absent);
    if (entries !== undefined) fatContent(entries, role, ownFiles(layout, role));
  }
}

/** What is not there yet, or is no directory, is for the disk to judge. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
