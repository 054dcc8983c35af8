import { chmod, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type Exec,
  openNew,
  PibuildError,
  partBeside,
  requirePrograms,
  type Sha256,
  syncedSha256,
} from "@pibuild/core";
import type { Board } from "@pibuild/pi-boot";
import { checkExt4 } from "../ext4/make-ext4.ts";
import { checkBoard } from "../layout/check-board.ts";
import { type DiskPlan, partitionOf } from "../layout/disk-plan.ts";
import type { Layout } from "../layout/layout.ts";
import { planDisk } from "../layout/plan.ts";
import { sectorBytes } from "../layout/units.ts";
import { openDisk } from "../read/disk-reader.ts";
import { checkAutoboot } from "../slots/boot-slots.ts";
import { cmdlineName, otherCmdline, readSlotCmdline, slotsOf } from "../slots/slot-cmdline.ts";
import { encodeTable } from "../table/encode-table.ts";
import { reportFullDisk } from "./disk-full.ts";
import {
  contentSizes,
  type PartitionContent,
  readContents,
  type Sources,
} from "./partition-content.ts";
import { checkContentsFit, writeCopies, writePartition } from "./write-partition.ts";

export interface AssembleOptions<Role extends string> {
  readonly layout: Layout<Role>;
  /**
   * A directory for each partition that is made from one. It is copied as it is, so the place where
   * another partition is mounted must be an empty directory in it: bind an empty one over it.
   */
  readonly sources: Sources<Role>;
  /** The image file. It appears when it is whole, and replaces one that is there. */
  readonly output: string;
  /** Any text. All ids on the disk follow from it. */
  readonly seed: string;
  /** Seconds since 1970, from 1980 (where FAT's calendar begins) to 2038. */
  readonly sourceDateEpoch: number;
  readonly exec: Exec;
  /** An existing directory for intermediate files, removed afterwards. */
  readonly scratch: string;
  /**
   * The extended attribute of files that are to have no holes on the disk, whatever of them is zero; the
   * attribute itself does not get there. Of other files every block of zeros is a hole.
   */
  readonly allocated?: string;
  /** Sizes in bytes that replace the layout's. */
  readonly sizes?: Readonly<Partial<Record<Role, number>>>;
  /** The size of the whole disk in bytes. Without it, the disk is as large as its partitions. */
  readonly diskBytes?: number | undefined;
  /** The board that is to boot from it; its table is then checked. */
  readonly board?: Board | undefined;
  /** Whether slot B gets slot A's content, too. By default it is left without a filesystem. */
  readonly populateBoth?: boolean;
  /** The image file's mode; until it is whole only its owner may read it. Default: 0o644. */
  readonly mode?: number;
}

export interface AssembledDisk<Role extends string> {
  readonly path: string;
  readonly bytes: number;
  /** Of the image file, whose bytes are on the host's disk by then. */
  readonly sha256: Sha256;
  readonly plan: DiskPlan<Role>;
}

/**
 * Makes a disk image from directories, as any user who can read them. The same content, seed and
 * date give the same bytes. Throws LAYOUT_INVALID where the content cannot be written as asked,
 * ENV_DISK_FULL where the host has no room, ENV_TOOL_MISSING, COMMAND_FAILED, and VERIFY_FAILED
 * where the result did not pass its check.
 */
export async function assembleDisk<Role extends string>(
  options: AssembleOptions<Role>,
): Promise<AssembledDisk<Role>> {
  const { layout, board, output, sizes, diskBytes } = options;
  checkDate(options.sourceDateEpoch);
  if (board !== undefined) checkBoard(board, layout.table);
  requirePrograms(["mke2fs", "fsck.ext4", "debugfs", "mkfs.vfat", "fsck.vfat", "mmd", "mcopy"]);
  const contents = await readContents(layout, options.sources);
  const plan = planDisk(layout, { contentBytes: contentSizes(contents), sizes, diskBytes });
  checkContentsFit(plan, contents);
  if (layout.slots !== undefined || options.populateBoth) await checkSlotSource(options);
  const neededBytes = contents.reduce((sum, { bytes }) => sum + bytes, 0);
  const sha256 = await reportFullDisk([dirname(output), options.scratch], neededBytes, () =>
    writeDisk(options, plan, contents),
  );
  return { path: output, bytes: plan.sizeBytes, sha256, plan };
}

/** What slot A's command line has to be like is known before anything is written. */
async function checkSlotSource<Role extends string>({
  layout,
  sources,
  seed,
}: AssembleOptions<Role>): Promise<void> {
  const boot = (sources as Partial<Record<Role, string>>)[slotsOf(layout).a.boot] ?? "";
  const cmdline = await readFile(join(boot, cmdlineName)).catch(() => Buffer.alloc(0));
  otherCmdline(layout, seed, cmdline);
}

/** Beside the output, because a rename must not leave its filesystem. */
async function writeDisk<Role extends string>(
  options: AssembleOptions<Role>,
  plan: DiskPlan<Role>,
  contents: readonly PartitionContent<Role>[],
): Promise<Sha256> {
  const scratch = await mkdtemp(join(options.scratch, "disk-"));
  const disk = partBeside(options.output);
  try {
    await writeTable(disk, plan, options.seed);
    const written = await Promise.allSettled(
      contents.map((content) =>
        writePartition({
          ...{ ...options, disk, scratch, content },
          partition: partitionOf(plan, content.role),
        }),
      ),
    );
    for (const result of written) if (result.status === "rejected") throw result.reason;
    if (options.populateBoth) await writeCopies(disk, plan, contents, options.seed);
    // At the same time: one program checks while this process hashes.
    const [digest, checked] = await Promise.allSettled([
      syncedSha256(disk),
      checkFilesystems(options, plan, disk),
    ]);
    if (checked.status === "rejected") throw checked.reason;
    if (digest.status === "rejected") throw digest.reason;
    await chmod(disk, options.mode ?? 0o644);
    await rename(disk, options.output);
    return digest.value;
  } finally {
    await rm(disk, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

/** FAT was checked in a file of its own; a slot B has the bytes of slot A, or none. */
async function checkFilesystems<Role extends string>(
  { exec, seed }: AssembleOptions<Role>,
  plan: DiskPlan<Role>,
  disk: string,
): Promise<void> {
  for (const { spec, startBytes } of plan.partitions) {
    const own = typeof spec.content === "string";
    if (own && spec.filesystem === "ext4") await checkExt4(exec, disk, startBytes);
  }
  if (plan.layout.slots === undefined) return;
  await using reader = await openDisk(disk);
  await checkAutoboot(reader, plan);
  await readSlotCmdline(reader, plan, seed);
}

async function writeTable(disk: string, plan: DiskPlan, seed: string): Promise<void> {
  await using file = await openNew(disk);
  await file.truncate(plan.sizeBytes);
  for (const { sector, bytes } of encodeTable(plan, seed)) {
    await file.write(bytes, 0, bytes.length, sector * sectorBytes);
  }
}

/** The first second of 1980 and the last that 32 bits hold: FAT's and ext4's limits. */
function checkDate(epoch: number): void {
  if (Number.isSafeInteger(epoch) && epoch >= 315_532_800 && epoch < 2 ** 31) return;
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `the date ${epoch} is not a whole number of seconds between 1980 and 2038`,
  });
}
