import { resolve } from "node:path";
import { inspectDisk } from "@pibuild/partitioner";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { inspectionText } from "../inspect/inspection-text.ts";
import { openInspectedDisk } from "../inspect/open-inspected-disk.ts";
import { jsonFlag } from "./common-parameters.ts";

export const inspect = buildCommand<{ readonly json: boolean }, [string], CliContext>({
  docs: {
    brief: "Show partitions, filesystems and boot target of any image or card",
    fullDescription: [
      "Examples:",
      "  pibuild inspect dist/debian-lite/debian-lite.img",
      "  sudo pibuild inspect /dev/sdb --json",
      "",
      "Reads images and cards of any origin: MBR, GPT and hybrid tables, and their filesystems. Reads",
      "autoboot.txt, config.txt and cmdline.txt as the firmware does. Changes nothing.",
    ].join("\n"),
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "An image file or a device", parse: String, placeholder: "disk" }],
    },
    flags: { json: jsonFlag },
  },
  async func(this: CliContext, { json }, path) {
    await using disk = await openInspectedDisk(resolve(this.cwd, path), "inspect");
    const inspection = await inspectDisk(disk);
    if (json) this.json({ schema: 1, path, ...inspection });
    else for (const line of inspectionText(path, inspection)) this.out(line);
  },
});
