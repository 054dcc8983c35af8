import { join } from "node:path";
import { fatContent } from "../fat/content.ts";
import type { Layout } from "../layout/layout.ts";
import { scanTree } from "../tree/scan-tree.ts";
import { ownFiles } from "./partition-content.ts";

/**
 * Whether the FATs of a layout can hold what lies at their mount points in a tree, which need not be
 * finished. Throws LAYOUT_INVALID with the first path that they cannot.
 */
export async function checkTree(layout: Layout, root: string): Promise<void> {
  for (const { role, filesystem, content, mountPoint } of layout.partitions) {
    if (filesystem !== "fat32" || content !== "tree" || mountPoint === undefined) continue;
    const entries = await scanTree(join(root, mountPoint), { role }).catch(absent);
    if (entries !== undefined) fatContent(entries, role, ownFiles(layout, role));
  }
}

/** What is not there yet, or is no directory, is for the disk to judge. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}
