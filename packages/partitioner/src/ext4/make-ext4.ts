import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, formatBytes, isPibuildError, PibuildError } from "@pibuild/core";
import type { PartitionIds } from "../ids/disk-ids.ts";
import type { PlannedPartition } from "../layout/disk-plan.ts";
import { fitSize } from "../layout/sizes.ts";
import { MiB } from "../layout/units.ts";
import { allocateMarked } from "./allocate-marked.ts";
import type { Ext4Content } from "./content.ts";
import { blockBytes, bytesPerInode, inodeBytes, mke2fsConf } from "./mke2fs-conf.ts";
import { normaliseInodes } from "./normalise-inodes.ts";
import { readAhead } from "./read-ahead.ts";
import { type Ext4Geometry, readGeometry } from "./superblock.ts";
import { writeBehind } from "./write-behind.ts";

export interface MakeExt4Options {
  /** The disk file. It exists and reaches at least to the end of the partition. */
  readonly disk: string;
  readonly partition: PlannedPartition;
  /** The directory whose content becomes the filesystem. */
  readonly source: string;
  readonly content: Ext4Content;
  readonly ids: PartitionIds;
  /** Seconds since 1970. */
  readonly sourceDateEpoch: number;
  readonly exec: Exec;
  /** A directory for a configuration file. */
  readonly scratch: string;
  /** The extended attribute of files that take all of their blocks, also those of zeros. */
  readonly allocated?: string | undefined;
}

/** Inodes of an empty ext4: ten reserved and lost+found (linux/fs/ext4/ext4.h). */
const ownInodes = 11;

/**
 * Writes an ext4 with the content of a directory into a partition of a disk file. Throws
 * LAYOUT_INVALID where the content does not fit, VERIFY_FAILED where the result is not whole.
 */
export async function makeExt4(options: MakeExt4Options): Promise<void> {
  const { disk, partition, content, sourceDateEpoch } = options;
  const { startBytes } = partition;
  checkExt4Fits(partition, content);
  await using file = await open(disk, "r+");
  const made = new AbortController();
  const [written] = await Promise.allSettled([
    runMke2fs(options).finally(() => made.abort()),
    readAhead(options.source, content.bytes, made.signal),
    writeBehind(file, made.signal),
  ]);
  if (written.status === "rejected") {
    const { reason } = written;
    throw isTooSmall(reason) ? tooSmall(partition, content, reason) : reason;
  }
  const geometry = await readGeometry(file, startBytes);
  checkInodes(geometry, content);
  if (options.allocated !== undefined)
    await allocateMarked({ ...options, file, startBytes, geometry, mark: options.allocated });
  await normaliseInodes(file, startBytes, geometry, sourceDateEpoch);
}

/** Throws LAYOUT_INVALID where a partition surely cannot hold this content. */
export function checkExt4Fits(partition: PlannedPartition, content: Ext4Content): void {
  const inodeTables = inodeCount(partition.sizeBytes, content) * inodeBytes;
  if (content.bytes + inodeTables > partition.sizeBytes) throw tooSmall(partition, content);
}

/** Has e2fsck look through an ext4 that begins so many bytes into a file. Throws COMMAND_FAILED. */
export async function checkExt4(exec: Exec, disk: string, startBytes: number): Promise<void> {
  await exec.run({ program: "fsck.ext4", args: ["-f", "-n", `${disk}?offset=${startBytes}`] });
}

async function runMke2fs(options: MakeExt4Options): Promise<void> {
  const { disk, partition, source, content, ids, sourceDateEpoch, exec, scratch } = options;
  const { spec, startBytes, sizeBytes } = partition;
  const config = join(scratch, `${spec.role}.mke2fs.conf`);
  await writeFile(config, mke2fsConf());
  const extended = [
    `offset=${startBytes}`,
    `hash_seed=${ids.ext4HashSeed}`,
    "lazy_itable_init=0",
    "lazy_journal_init=0",
    "nodiscard",
    "root_owner=0:0",
  ];
  await exec.run({
    program: "mke2fs",
    args: [
      ...["-q", "-F", "-t", "ext4", "-T", "pibuild"],
      ...["-b", String(blockBytes), "-N", String(inodeCount(sizeBytes, content))],
      ...["-L", spec.label, "-U", ids.ext4Uuid, "-E", extended.join(",")],
      ...["-d", source, disk, String(sizeBytes / blockBytes)],
    ],
    env: {
      MKE2FS_CONFIG: config,
      // 1.47.0 knows only the first of them, 1.47.1 and later prefer the second.
      E2FSPROGS_FAKE_TIME: String(sourceDateEpoch),
      SOURCE_DATE_EPOCH: String(sourceDateEpoch),
      LC_ALL: "C",
    },
  });
}

/** mke2fs's own ratio, or a fifth more than the tree needs where it is made of small files. */
function inodeCount(sizeBytes: number, { inodes }: Ext4Content): number {
  return Math.max(Math.floor(sizeBytes / bytesPerInode), Math.ceil((inodes + ownInodes) * 1.2));
}

/** The root directory counts as ext4's own and as the tree's. */
function checkInodes({ usedInodes }: Ext4Geometry, { inodes }: Ext4Content): void {
  const arrived = usedInodes - ownInodes + 1;
  if (arrived === inodes) return;
  throw new PibuildError("VERIFY_FAILED", {
    what: "ext4 content",
    detail: `the tree has ${inodes} inodes, ${arrived} arrived; did it change meanwhile?`,
  });
}

function isTooSmall(error: unknown): boolean {
  return (
    isPibuildError(error, "COMMAND_FAILED") &&
    error.data.tail.some((line) => /Could not allocate (block|inode)/.test(line))
  );
}

function tooSmall(
  partition: PlannedPartition,
  content: Ext4Content,
  cause?: unknown,
): PibuildError {
  const fit = { kind: "fit", growth: 0.2, marginBytes: 200 * MiB } as const;
  const needed = fitSize({ ...partition.spec, size: fit }, content.bytes);
  return new PibuildError(
    "LAYOUT_INVALID",
    {
      problem: `its ${formatBytes(content.bytes)} of content need about ${formatBytes(needed)}, it has ${formatBytes(partition.sizeBytes)}`,
      partition: partition.spec.role,
    },
    { cause },
  );
}
