import { PibuildError, pathText } from "@pibuild/core";
import { sectorBytes } from "../layout/units.ts";
import type { TreeEntry } from "../tree/scan-tree.ts";
import { fatNameKey, fatNameProblem } from "./names.ts";

/** A file that goes into a FAT. */
export interface FatSource {
  readonly name: string;
  readonly bytes: number;
  /** Its content, where it comes from pibuild and not from the tree. */
  readonly data?: Buffer;
}

/** A directory of a FAT with the files in it, by name. */
export interface FatDirectory {
  /** Path without a leading slash; empty for the root. */
  readonly path: string;
  readonly files: FatSource[];
  /** 32-byte slots that its names take. */
  slots: number;
}

const slotBytes = 32;
/** Characters of a long name that one slot holds: fatgen103, "LDIR". */
const charactersPerSlot = 13;
/** A FAT says a file's length in 32 bits. */
const maxFileBytes = 2 ** 32 - 1;

/**
 * The directories of a tree, parents first, each with its files in byte order; `own` go into the
 * root, before them. Throws LAYOUT_INVALID, naming the path, for what FAT cannot hold: links,
 * devices, names, lengths.
 */
export function fatContent(
  entries: readonly TreeEntry[],
  role: string,
  own: readonly FatSource[] = [],
): FatDirectory[] {
  const root: FatDirectory = { path: "", files: [...own], slots: 1 + own.length * 2 };
  const directories = new Map([["", root]]);
  const keys = new Map<string, string>();
  const taken = new Set(own.map(({ name }) => fatNameKey(name)));
  for (const { path: bytes, kind, bytes: length } of entries) {
    const path = bytes.toString();
    const at = path.lastIndexOf("/");
    const name = path.slice(at + 1);
    const problem =
      fatNameProblem(bytes.subarray(bytes.lastIndexOf("/") + 1)) ??
      kindProblem(kind) ??
      (taken.has(fatNameKey(path)) ? "pibuild writes that file itself" : undefined) ??
      (length > maxFileBytes ? "it is larger than 4 GiB" : undefined) ??
      collision(keys, path);
    if (problem !== undefined) refuse(pathText(bytes), problem, role);
    const parent = directories.get(path.slice(0, Math.max(0, at))) ?? root;
    parent.slots += 1 + Math.ceil(name.length / charactersPerSlot);
    if (kind === "file") parent.files.push({ name, bytes: length });
    // `.` and `..` are entries too.
    else directories.set(path, { path, files: [], slots: 2 });
  }
  return [...directories.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Clusters that the content takes at most: names that need no long entry take a little less. */
export function clustersNeeded(
  directories: readonly FatDirectory[],
  sectorsPerCluster: number,
): number {
  const clusterBytes = sectorsPerCluster * sectorBytes;
  const clusters = (bytes: number) => Math.ceil(bytes / clusterBytes);
  return directories
    .flatMap(({ slots, files }) => [slots * slotBytes, ...files.map(({ bytes }) => bytes)])
    .reduce((sum, bytes) => sum + clusters(bytes), 0);
}

function kindProblem(kind: TreeEntry["kind"]): string | undefined {
  return kind === "file" || kind === "directory" ? undefined : `it is a ${kind}`;
}

function collision(keys: Map<string, string>, path: string): string | undefined {
  const key = fatNameKey(path);
  const other = keys.get(key);
  keys.set(key, path);
  return other === undefined ? undefined : `to FAT it has the same name as \`${other}\``;
}

function refuse(path: string, why: string, role: string): never {
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `FAT cannot hold \`${path}\`: ${why}`,
    partition: role,
  });
}
