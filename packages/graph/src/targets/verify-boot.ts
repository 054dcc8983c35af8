import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DiskConfig } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { type Board, type ConfigTxt, readConfigTxt } from "@pibuild/pi-boot";

/** What a board's firmware loads before it reads config.txt, and which of the device trees is its own. */
interface BoardFiles {
  readonly loaders: readonly string[];
  readonly kernels: readonly string[];
  readonly tree: RegExp;
}

const rom = ["bootcode.bin", "start.elf"];
const v8 = ["kernel8.img"];
const pi4: BoardFiles = { loaders: ["start4.elf"], kernels: v8, tree: /^bcm2711-rpi-(?:4|400)/ };
const pi5: BoardFiles = {
  loaders: [],
  kernels: ["kernel_2712.img", ...v8],
  tree: /^bcm2712d?0?-rpi-/,
};

/** https://www.raspberrypi.com/documentation/computers/configuration.html on the boot folder. */
const boards: Readonly<Record<Board, BoardFiles>> = {
  zero2w: { loaders: rom, kernels: v8, tree: /^bcm(?:2710|2837)-rpi-zero-2/ },
  pi3: { loaders: rom, kernels: v8, tree: /^bcm(?:2710|2837)-rpi-3/ },
  pi4,
  cm4: { ...pi4, tree: /^bcm2711-rpi-(?:cm4|4)/ },
  pi5,
  cm5: pi5,
};
const anyBoard: BoardFiles = { loaders: [], kernels: [...v8, "kernel_2712.img"], tree: /^/ };

/** What stages write for the root's device until it is known, and what pi-gen makes of it without a disk. */
const placeholder = /\b(?:ROOTDEV|BOOTDEV)\b|PARTUUID=-0\d/;

/**
 * Whether a Raspberry Pi could start from what is in the directory of a boot partition: all that the
 * firmware loads. Throws VERIFY_FAILED with what is missing.
 */
export async function verifyBoot(
  boot: string,
  { name, disk }: { readonly name: string; readonly disk: Pick<DiskConfig, "board"> },
): Promise<void> {
  const { board } = disk;
  const read = (file: string) => readFile(join(boot, file), "utf8").catch(() => undefined);
  const config = await readConfigTxt(read, board);
  const last = (key: string) => config.get(key)?.at(-1);
  const has = async (file: string) =>
    ((await stat(join(boot, file)).catch(() => undefined))?.size ?? 0) > 0;

  const cmdline = placeholder.exec((await read("cmdline.txt")) ?? "")?.[0];
  if (cmdline !== undefined) {
    const detail = `still says \`${cmdline}\` in cmdline.txt, where the root's device should stand`;
    throw fail(name, detail, partitionsHint);
  }
  const files = board === undefined ? anyBoard : boards[board];
  for (const loader of last("start_file") === undefined ? files.loaders : []) {
    if (!(await has(loader)))
      throw fail(name, `has no \`${loader}\`, with which ${board} starts`, firmwareHint);
  }
  const named = config.get("kernel");
  const kernels =
    named === undefined ? files.kernels : board === undefined ? named : named.slice(-1);
  const tree = last("device_tree");
  const treesIn = async (prefix: string) => {
    if (tree !== undefined) return (await has(under(prefix, tree))) ? [tree] : [];
    const names = await readdir(join(boot, prefix)).catch(() => []);
    return names.filter((each) => each.endsWith(".dtb") && files.tree.test(each));
  };
  const kernelsIn = async (prefix: string) => {
    const found = await Promise.all(kernels.map((kernel) => has(under(prefix, kernel))));
    return kernels.filter((_kernel, index) => found[index]);
  };
  // A prefix counts where both are under it, and is ignored elsewhere.
  const asked = last("os_prefix") ?? "";
  const whole = (await kernelsIn(asked)).length > 0 && (await treesIn(asked)).length > 0;
  const prefix = whole ? asked : "";
  // A stub in place of a kernel's own, such as UEFI's, loads what it likes.
  if ((await kernelsIn(prefix)).length === 0 && last("armstub") === undefined)
    throw fail(name, `has no kernel: \`${kernels[0]}\``, kernelHint);
  for (const file of initramfsNames(config)) {
    if (!(await has(under(prefix, file))))
      throw fail(name, `has no \`${file}\`, which config.txt names as initramfs`, kernelHint);
  }
  if ((await treesIn(prefix)).length === 0) {
    const missing =
      tree === undefined ? `device tree${board ? ` of ${board}` : ""}` : `\`${tree}\``;
    throw fail(name, `has no ${missing}`, kernelHint);
  }
}

/** A path as the firmware takes it: under the prefix, or from the partition's top where it begins with `/`. */
function under(prefix: string, file: string): string {
  return file.startsWith("/") ? file.slice(1) : prefix + file;
}

function initramfsNames(config: ConfigTxt): string[] {
  const values = [...(config.get("initramfs") ?? []), ...(config.get("ramfsfile") ?? [])];
  return values.flatMap((value) => (value.split(/\s+/)[0] ?? "").split(",")).filter(Boolean);
}

const partitionsHint =
  "let `stages/partitions` finish the image: `export:` leaves it out, or `skip:` does";
const kernelHint =
  "let a stage install a kernel that brings it: pi-gen's stage0 does, and stages/debian-base";
const firmwareHint = "let a stage install the firmware: `raspi-firmware` brings it";

function fail(image: string, detail: string, hint: string): PibuildError {
  return new PibuildError("VERIFY_FAILED", {
    what: `no Raspberry Pi could start from \`${image}\``,
    detail: `its boot partition (/boot/firmware) ${detail}`,
    hint,
  });
}
