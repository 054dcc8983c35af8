import type { Model } from "../boards/models.ts";
import type { BootConfig } from "../config-txt/read-config.ts";

/**
 * What of a boot partition is read before the kernel: config_txt.html, "start_file, fixup_file", and
 * configuration.html, "Boot folder contents". A Pi 5 has its firmware in the EEPROM, and asks for
 * config.txt to tell a partition that boots (config_txt.html, "boot_partition").
 */
export function loaders({ bootloader }: Model, config: BootConfig, configName: string): string[] {
  if (bootloader === "eeprom") return [configName];
  const named = config.text("start_file") || startFile(bootloader === "bootcode", config);
  return bootloader === "bootcode" ? ["bootcode.bin", named] : [named];
}

function startFile(bootcode: boolean, config: BootConfig): string {
  const variant =
    config.number("gpu_mem") === 16
      ? "cd"
      : config.number("start_debug") === 1
        ? "db"
        : config.number("start_x") === 1
          ? "x"
          : "";
  if (!bootcode) return `start4${variant}.elf`;
  return variant === "" ? "start.elf" : `start_${variant}.elf`;
}
