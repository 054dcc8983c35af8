import { readConfig, type UndecidedLine } from "../config-txt/read-config.ts";
import type { BootState } from "../firmware-file/filters.ts";
import type { BootVolume } from "../volume/boot-volume.ts";
import { loaders } from "./loaders.ts";
import { type PlannedFile, type PlannedTree, SystemFiles, under } from "./system-files.ts";

/** What one model of a board starts from one boot partition. */
export interface BootPlan {
  /** config.txt, or tryboot.txt in its place. */
  readonly config: PlannedFile;
  /** All further files are in this image of a boot partition, which is not looked into. */
  readonly ramdisk?: PlannedFile;
  readonly loaders: readonly PlannedFile[];
  /** What stands before the names of the system's files; empty where it is ignored. */
  readonly prefix: string;
  /** Where overlays are read from. */
  readonly overlays: string;
  readonly kernel: PlannedFile;
  /** A program in place of the firmware's own stub, such as UEFI, which loads what it likes. */
  readonly armstub?: PlannedFile;
  readonly initramfs: readonly PlannedFile[];
  readonly cmdline: PlannedFile;
  readonly tree: PlannedTree;
  /** Settings that count for some boots only. */
  readonly undecided: readonly UndecidedLine[];
}

/**
 * What the firmware would start: config_txt.html, "Boot options".
 * @param abUpdate whether a boot with `tryboot` reads config.txt all the same (`tryboot_a_b=1`).
 */
export async function planBoot(
  volume: BootVolume,
  state: Required<BootState>,
  abUpdate: boolean,
): Promise<BootPlan> {
  const { model, tryboot } = state;
  const replaced = tryboot && !abUpdate;
  const configName = replaced ? "tryboot.txt" : "config.txt";
  const config = await readConfig(volume, configName, state);
  const own = { path: configName, found: config.found };
  const files = new SystemFiles(volume, config, state);
  const file = (path: string) => files.file(path);
  const prefix = await files.prefix();
  const kernel = await files.kernel(prefix);
  const ramdisk = model.bootloader !== "bootcode" && config.number("boot_ramdisk") === 1;
  const armstub = config.text("armstub");
  return {
    config: own,
    ...(ramdisk ? { ramdisk: await file(replaced ? "tryboot.img" : "boot.img") } : {}),
    // An empty config.txt is one, too.
    loaders: await Promise.all(
      loaders(model, config, configName).map((path) => (path === configName ? own : file(path))),
    ),
    ...{ prefix, kernel, overlays: await files.overlays(prefix) },
    ...(armstub ? { armstub: await file(under("", armstub)) } : {}),
    initramfs: await files.initramfs(prefix, kernel),
    cmdline: await files.cmdline(prefix),
    tree: await files.tree(prefix),
    undecided: config.undecided,
  };
}
