import { join } from "node:path";
import { type Exec, PibuildError } from "@pibuild/core";
import { type Ext4Content, ext4Content } from "../ext4/content.ts";
import { makeExt4 } from "../ext4/make-ext4.ts";
import { clustersNeeded, type FatDirectory, fatContent } from "../fat/content.ts";
import { makeFat } from "../fat/make-fat.ts";
import { partitionIds } from "../ids/disk-ids.ts";
import type { PlannedPartition } from "../layout/disk-plan.ts";
import type { Layout, PartitionSpec } from "../layout/layout.ts";
import { sectorBytes } from "../layout/plan.ts";
import { scanTree, type TreeEntry } from "../tree/scan-tree.ts";
import { copySparse } from "./copy-sparse.ts";

/** What goes into one partition, looked through before anything is written. */
export type PartitionContent<Role extends string = string> = {
  readonly role: Role;
  readonly source: string;
  /** Bytes that it takes on the disk, without the filesystem's own tables. */
  readonly bytes: number;
} & (
  | { readonly filesystem: "ext4"; readonly ext4: Ext4Content }
  | { readonly filesystem: "fat32"; readonly fat: readonly FatDirectory[] }
);

/** Looks through the directories of all partitions. Throws LAYOUT_INVALID for what cannot be held. */
export async function readContents<Role extends string>(
  layout: Layout<Role>,
  sources: Readonly<Record<Role, string>>,
): Promise<PartitionContent<Role>[]> {
  const contents: PartitionContent<Role>[] = [];
  for (const spec of layout.partitions) {
    const { role, filesystem } = spec;
    const source = sources[role];
    const inner = innerMountPoints(layout, spec);
    const entries = await scanTree(source, { role, mountPoints: inner });
    for (const mountPoint of inner) requireEmptyDirectory(entries, mountPoint, role);
    if (filesystem === "ext4") {
      const ext4 = ext4Content(entries);
      contents.push({ role, source, filesystem, ext4, bytes: ext4.bytes });
    } else {
      const fat = fatContent(entries, role);
      const bytes = clustersNeeded(fat, 1) * sectorBytes;
      contents.push({ role, source, filesystem, fat, bytes });
    }
  }
  return contents;
}

export interface WritePartitionOptions {
  readonly disk: string;
  readonly partition: PlannedPartition;
  readonly content: PartitionContent | undefined;
  readonly seed: string;
  readonly sourceDateEpoch: number;
  readonly exec: Exec;
  readonly scratch: string;
}

/** Writes one partition's filesystem into the disk file, at its place. */
export async function writePartition(options: WritePartitionOptions): Promise<void> {
  const { disk, partition, content, scratch, seed } = options;
  if (content === undefined) return;
  const { source } = content;
  const ids = partitionIds(seed, content.role);
  if (content.filesystem === "ext4") {
    return makeExt4({ ...options, source, ids, content: content.ext4 });
  }
  // In a file of its own, because fsck.vfat cannot look into the middle of one.
  const image = join(scratch, `${content.role}.img`);
  await makeFat({ ...options, image, source, ids, content: content.fat });
  await copySparse(image, disk, partition.startBytes);
}

/** Where other partitions are mounted inside this one, without the leading slash. */
function innerMountPoints(layout: Layout, { role, mountPoint }: PartitionSpec): string[] {
  const prefix = mountPoint === "/" ? "/" : `${mountPoint}/`;
  return layout.partitions
    .filter((other) => other.role !== role && other.mountPoint.startsWith(prefix))
    .map((other) => other.mountPoint.slice(prefix.length));
}

function requireEmptyDirectory(entries: readonly TreeEntry[], path: string, role: string): void {
  const own = entries.find((entry) => entry.path.equals(Buffer.from(path)));
  const inside = entries.find((entry) => entry.path.toString("latin1").startsWith(`${path}/`));
  if (own?.kind === "directory" && inside === undefined) return;
  throw new PibuildError("LAYOUT_INVALID", {
    problem:
      inside === undefined
        ? `another partition is mounted on \`/${path}\`, which is no directory in its tree`
        : `another partition is mounted on \`/${path}\` and would hide \`/${inside.path}\``,
    partition: role,
  });
}
