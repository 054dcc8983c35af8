import type { DiskConfig } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import {
  type BootPlan,
  type BootVolume,
  directoryVolume,
  type Model,
  models,
  modelsOf,
  planBoot,
} from "@pibuild/pi-boot";

/** What stages write for the root's device until it is known, and what pi-gen makes of it without a disk. */
const placeholder = /\b(?:ROOTDEV|BOOTDEV)\b|PARTUUID=-0\d/;
/** More than any kernel reads of a command line. */
const maxCmdlineBytes = 64 * 1024;
/** The boot partitions of a layout, which `[boot_partition=N]` in config.txt may tell apart. */
const bootPartitions: Readonly<Record<DiskConfig["layout"], readonly number[]>> = {
  standard: [1],
  ab6: [2, 3],
};

interface Problem {
  readonly detail: string;
  readonly hint: string;
}

/**
 * Whether a Raspberry Pi could start from what is in the directory of a boot partition: all that the
 * firmware loads. With a board each of its models has to, without one any. Throws VERIFY_FAILED with
 * what is missing.
 */
export async function verifyBoot(
  boot: string,
  { name, disk }: { readonly name: string; readonly disk: Pick<DiskConfig, "board" | "layout"> },
): Promise<void> {
  const volume = directoryVolume(boot);
  const { board, layout } = disk;
  // A kernel of 64 bits first: it is what most images have, and words are about the first.
  const wanted = board === undefined ? models.toSorted((a, b) => b.bits - a.bits) : modelsOf(board);
  const problems: (Problem | undefined)[] = [];
  for (const model of wanted) {
    for (const partition of bootPartitions[layout]) {
      const plan = await planBoot(volume, { model, partition, tryboot: false }, true);
      problems.push(await problemOf(volume, plan, model, board));
    }
  }
  const first = problems.find((one) => one !== undefined);
  if (first === undefined || (board === undefined && problems.includes(undefined))) return;
  throw new PibuildError("VERIFY_FAILED", {
    what: `no Raspberry Pi could start from \`${name}\``,
    detail: `its boot partition (/boot/firmware) ${first.detail}`,
    hint: first.hint,
  });
}

async function problemOf(
  volume: BootVolume,
  plan: BootPlan,
  { kernels }: Model,
  board: DiskConfig["board"],
): Promise<Problem | undefined> {
  const { loaders, ramdisk, kernel, armstub, initramfs, cmdline, tree } = plan;
  // What starts is then in it, and is not looked into.
  if (ramdisk?.found) return undefined;
  if (ramdisk !== undefined)
    return { detail: `has no \`${ramdisk.path}\`, which config.txt asks for`, hint: firmwareHint };
  const text = cmdline.found ? await volume.read(cmdline.path, maxCmdlineBytes) : undefined;
  const open = placeholder.exec(text?.toString("latin1") ?? "")?.[0];
  if (open !== undefined) {
    const detail = `still says \`${open}\` in ${cmdline.path}, where the root's device should stand`;
    return { detail, hint: partitionsHint };
  }
  const loader = board === undefined ? undefined : loaders.find(({ found }) => !found);
  if (loader !== undefined)
    return { detail: `has no \`${loader.path}\`, with which ${board} starts`, hint: firmwareHint };
  if (armstub !== undefined && !armstub.found)
    return { detail: `has no \`${armstub.path}\`, the armstub of config.txt`, hint: firmwareHint };
  if (!kernel.found && armstub === undefined) {
    const other = kernels[64].includes(kernel.path) ? [] : kernels[64];
    const found = await Promise.all(other.map((path) => volume.has(path)));
    const wide = other.find((_path, index) => found[index]);
    return {
      detail: `has no kernel: \`${kernel.path}\``,
      hint:
        wide === undefined ? kernelHint : `let a stage write \`kernel=${wide}\` into config.txt`,
    };
  }
  const missing = initramfs.find(({ found }) => !found);
  if (missing !== undefined)
    return {
      detail: `has no \`${missing.path}\`, which config.txt names as initramfs`,
      hint: kernelHint,
    };
  if (tree === "none wanted" || tree.found) return undefined;
  const wanted =
    tree.path === undefined ? `device tree${board ? ` of ${board}` : ""}` : `\`${tree.path}\``;
  return { detail: `has no ${wanted}`, hint: kernelHint };
}

const partitionsHint =
  "let `stages/partitions` finish the image: `export:` leaves it out, or `skip:` does";
const kernelHint =
  "let a stage install a kernel that brings it: pi-gen's stage0 does, and stages/debian-base";
const firmwareHint = "let a stage install the firmware: `raspi-firmware` brings it";
