import { superblocks } from "@pibuild/partitioner";
import { type BootKey, bootKeys, filterRows, models } from "@pibuild/pi-boot";
import { page, section } from "./page.ts";

const answered = {
  none: "by nobody",
  model: "by the board",
  tryboot: "by `reboot '0 tryboot'`",
  port: "always: it is about displays",
  expression: "by the partition that starts; counters and the like only at the start",
  monitor: "only at the start",
  serial: "only at the start",
  gpio: "only at the start",
} as const;

const intro = [
  "How `pibuild inspect`, the check of a built boot partition and field updates read what Raspberry Pi's firmware reads. Sections without another source are those of [config.txt's documentation](https://www.raspberrypi.com/documentation/computers/config_txt.html).",
  "`[all]` takes all filters back. Of one kind the last holds, those of different kinds hold together. A filter that is none of these is taken for another board's. What is only known at the start counts as not so, and `inspect` says it.",
].join("\n\n");

/** The reference page of what decides which system a Raspberry Pi starts. */
export const bootFilesPage = [
  page(
    "Boot files",
    intro,
    ["Filter", "Kind", "Holds", "Source"],
    filterRows.map(({ name, kind, source }) => [`\`${name}\``, kind, answered[kind], source]),
  ),
  section(
    "Keys of config.txt",
    "These decide what is started; the last that counts wins, and every other line is passed over. A line has at most 98 characters. `include FILE` stands for the file's lines.",
    ["Key", "Value", "In included files", "Source"],
    Object.entries<BootKey>(bootKeys).map(([key, { takes, spaced, bootloader, source }]) => [
      `\`${key}\``,
      spaced ? `${takes}, behind a space` : takes,
      bootloader ? "no: the bootloader reads it" : "yes",
      source,
    ]),
  ),
  section(
    "Models",
    "What a model starts where config.txt names nothing, the first that is there.",
    ["Model", "Passes", "Types", "64 bits", "32 bits", "arm_64bit"],
    models.map(({ name, filters, types, kernels, bits }) => [
      `\`${name}\``,
      filters.map((filter) => `\`[${filter}]\``).join(" "),
      types.map((type) => `0x${type.toString(16)}`).join(", "),
      kernels[64].map((kernel) => `\`${kernel}\``).join(", "),
      kernels[32].map((kernel) => `\`${kernel}\``).join(", "),
      bits === 64 ? "1" : "0",
    ]),
  ),
  section(
    "Filesystems",
    "Told by their first block, besides FAT and ext.",
    ["Kind", "At byte", "Label", "Id", "Source"],
    superblocks.map(({ type, at, label, id, source }) => [
      type,
      String(at),
      label === undefined ? "" : "yes",
      id === undefined ? "" : "yes",
      source,
    ]),
  ),
].join("");
