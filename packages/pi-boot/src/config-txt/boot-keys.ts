/** How the firmware takes what a key of config.txt says. */
export interface BootKey {
  readonly takes: "text" | "number";
  /** A space stands before its value, and no `=`. */
  readonly spaced?: true;
  /** The bootloader reads it, which passes over `include`: what an included file says is nothing. */
  readonly bootloader?: true;
  /** The section of config_txt.html that tells it, or where else it is told. */
  readonly source: string;
}

/** Every key that decides what is started; all others are passed over. */
export const bootKeys = {
  kernel: { takes: "text", source: "kernel" },
  arm_64bit: { takes: "number", source: "arm_64bit" },
  cmdline: { takes: "text", source: "cmdline" },
  initramfs: { takes: "text", spaced: true, source: "initramfs" },
  ramfsfile: { takes: "text", source: "ramfsfile" },
  auto_initramfs: { takes: "number", source: "auto_initramfs" },
  os_prefix: { takes: "text", source: "os_prefix" },
  overlay_prefix: { takes: "text", source: "overlay_prefix" },
  upstream_kernel: { takes: "number", source: "legacy_config_txt.html, upstream_kernel" },
  device_tree: { takes: "text", source: "configuration.html, DTBs, overlays and config.txt" },
  armstub: { takes: "text", source: "legacy_config_txt.html, armstub" },
  start_file: { takes: "text", bootloader: true, source: "start_file, fixup_file" },
  start_x: { takes: "number", bootloader: true, source: "legacy_config_txt.html, start_x" },
  start_debug: { takes: "number", bootloader: true, source: "legacy_config_txt.html, start_debug" },
  gpu_mem: {
    takes: "number",
    bootloader: true,
    source: "start_file, fixup_file: the cut-down firmware",
  },
  boot_ramdisk: { takes: "number", bootloader: true, source: "boot_ramdisk" },
} as const satisfies Readonly<Record<string, BootKey>>;

export type BootKeyName = keyof typeof bootKeys;

/** The row of a key, if it decides anything. */
export function bootKey(name: string): (BootKey & { readonly name: BootKeyName }) | undefined {
  if (!Object.hasOwn(bootKeys, name)) return undefined;
  return { ...bootKeys[name as BootKeyName], name: name as BootKeyName };
}
