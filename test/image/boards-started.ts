import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { type Board, boards } from "@pibuild/pi-boot";
import { bootPartitionOffset, listBootFiles } from "@pibuild/test-kit";
import { moduleLists, readsCard } from "../../packages/graph/src/disk/card-driver.ts";
import { verifyBoot } from "../../packages/graph/src/targets/verify-boot.ts";

const exec = createExec();

/**
 * Which boards a finished image with two partitions starts on, and lets reach their root: what their
 * firmware loads is on the boot partition, their device tree too, and the kernel reads their card.
 */
export async function boardsStarted(image: string): Promise<Board[]> {
  const boot = await mkdtemp(join(tmpdir(), "pibuild boards-"));
  try {
    await exec.run({
      program: "mcopy",
      args: ["-s", "-n", "-i", `${image}@@${bootPartitionOffset}`, "::*", boot],
      env: { MTOOLS_SKIP_CHECK: "1" },
    });
    const kernels = (await listBootFiles(image)).flatMap(
      (name) => /^vmlinuz-(.+)$/.exec(name)?.[1] ?? [],
    );
    const lists = await Promise.all(
      kernels.flatMap((kernel) =>
        moduleLists.map((name) => readFromRoot(image, `/usr/lib/modules/${kernel}/${name}`)),
      ),
    );
    const answers = await Promise.all(
      boards.map((board) =>
        verifyBoot(boot, { name: "image", disk: { board, layout: "standard" } }).then(
          () => readsCard(board, lists),
          () => false,
        ),
      ),
    );
    return boards.filter((_board, index) => answers[index]);
  } finally {
    await removeTree(boot);
  }
}

/** A file of the second partition, which is the root. */
export async function readFromRoot(image: string, path: string): Promise<string> {
  const { stdout } = await exec.run({ program: "sfdisk", args: ["--json", image] });
  const offset = JSON.parse(stdout).partitiontable.partitions[1].start * 512;
  const result = await exec.run({
    program: "debugfs",
    args: ["-R", `cat ${path}`, `${image}?offset=${offset}`],
  });
  return result.stdout;
}
