import { PibuildError, pathText } from "@pibuild/core";
import { formatAutoboot } from "@pibuild/pi-boot";
import { type Ext4Content, ext4Content } from "../ext4/content.ts";
import { clustersNeeded, type FatDirectory, type FatSource, fatContent } from "../fat/content.ts";
import type { Layout, PartitionSpec } from "../layout/layout.ts";
import { sectorBytes } from "../layout/units.ts";
import { autobootName, bootSlots } from "../slots/boot-slots.ts";
import { scanTree, type TreeEntry } from "../tree/scan-tree.ts";

/** A directory for each partition that is made from one. */
export type Sources<Role extends string> = Readonly<Partial<Record<Role, string>>>;

/** What goes into one partition, looked through before anything is written. */
export type PartitionContent<Role extends string = string> = {
  readonly role: Role;
  /** Bytes that it takes on the disk, without the filesystem's own tables. */
  readonly bytes: number;
  /** The directory that it comes from, if any. */
  readonly source?: string;
} & (
  | { readonly kind: "ext4"; readonly ext4: Ext4Content }
  | { readonly kind: "fat32"; readonly fat: readonly FatDirectory[] }
  | { readonly kind: "copy"; readonly of: Role }
);

/** Looks through the directories of all partitions. Throws LAYOUT_INVALID for what cannot be held. */
export async function readContents<Role extends string>(
  layout: Layout<Role>,
  sources: Sources<Role>,
): Promise<PartitionContent<Role>[]> {
  const contents: PartitionContent<Role>[] = [];
  for (const spec of layout.partitions) {
    contents.push(
      spec.content === "tree" ? await readTree(layout, spec, sources) : emptyContent(layout, spec),
    );
  }
  return contents;
}

/** The least that the partitions of a layout can hold. */
export function emptyContents<Role extends string>(layout: Layout<Role>): PartitionContent<Role>[] {
  return layout.partitions.map((spec) => emptyContent(layout, spec));
}

/** What each content takes, by role. */
export function contentSizes<Role extends string>(
  contents: readonly PartitionContent<Role>[],
): Partial<Record<Role, number>> {
  const sizes: Partial<Record<Role, number>> = {};
  for (const { role, bytes } of contents) sizes[role] = bytes;
  return sizes;
}

function emptyContent<Role extends string>(
  layout: Layout<Role>,
  spec: PartitionSpec<Role>,
): PartitionContent<Role> {
  const { role, content } = spec;
  if (typeof content === "string") return contentOf(layout, spec, []);
  return { role, bytes: 0, kind: "copy", of: content.copyOf };
}

async function readTree<Role extends string>(
  layout: Layout<Role>,
  spec: PartitionSpec<Role>,
  sources: Sources<Role>,
): Promise<PartitionContent<Role>> {
  const { role } = spec;
  const source = (sources as Partial<Record<Role, string>>)[role];
  if (source === undefined) {
    throw new PibuildError("LAYOUT_INVALID", {
      problem: "no directory is given for it",
      partition: role,
    });
  }
  const inner = innerMountPoints(layout, spec);
  const entries = await scanTree(source, { role, mountPoints: inner });
  for (const mountPoint of inner) requireEmptyDirectory(entries, mountPoint, role);
  return { ...contentOf(layout, spec, entries), source };
}

function contentOf<Role extends string>(
  layout: Layout<Role>,
  { role, filesystem }: PartitionSpec<Role>,
  entries: readonly TreeEntry[],
): PartitionContent<Role> {
  if (filesystem === "ext4") {
    const ext4 = ext4Content(entries);
    return { role, kind: "ext4", ext4, bytes: ext4.bytes };
  }
  const fat = fatContent(entries, role, ownFiles(layout, role));
  return { role, kind: "fat32", fat, bytes: clustersNeeded(fat, 1) * sectorBytes };
}

/** What pibuild writes itself, because it depends on the table. */
export function ownFiles<Role extends string>(layout: Layout<Role>, role: Role): FatSource[] {
  if (layout.slots?.common !== role) return [];
  const data = formatAutoboot(bootSlots(layout));
  return [{ name: autobootName, bytes: data.length, data }];
}

/** Where other partitions are mounted inside this one, without the leading slash. */
function innerMountPoints(layout: Layout, { role, mountPoint = "" }: PartitionSpec): string[] {
  const prefix = mountPoint === "/" ? "/" : `${mountPoint}/`;
  return layout.partitions.flatMap((other) =>
    other.role !== role && other.mountPoint?.startsWith(prefix)
      ? [other.mountPoint.slice(prefix.length)]
      : [],
  );
}

function requireEmptyDirectory(entries: readonly TreeEntry[], path: string, role: string): void {
  const own = entries.find((entry) => entry.path.equals(Buffer.from(path)));
  const inside = entries.find((entry) => entry.path.toString("latin1").startsWith(`${path}/`));
  if (own?.kind === "directory" && inside === undefined) return;
  throw new PibuildError("LAYOUT_INVALID", {
    problem:
      inside === undefined
        ? `another partition is mounted on \`/${path}\`, which is no directory in its tree`
        : `another partition is mounted on \`/${path}\` and would hide \`/${pathText(inside.path)}\``,
    partition: role,
  });
}
