import { resolve } from "node:path";
import { count, formatBytes, PibuildError } from "@pibuild/core";
import { compareDisks, type DiskComparison } from "@pibuild/partitioner";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
import { openInspectedDisk } from "../inspect/open-inspected-disk.ts";
import { jsonFlag } from "./common-parameters.ts";

export const verify = buildCommand<{ readonly json: boolean }, [string, string], CliContext>({
  docs: {
    brief: "Check whether a card holds the image that was written to it",
    fullDescription: [
      "Examples:",
      "  sudo pibuild verify /dev/sdb dist/debian-lite/debian-lite.img",
      "",
      "Compares all blocks that the image uses, but not the partition that both slots share: updates",
      "do not write it. A card that was started differs, because its system has written to it.",
    ].join("\n"),
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "The card's device, or a file", parse: String, placeholder: "device" },
        { brief: "The image, not compressed", parse: String, placeholder: "image" },
      ],
    },
    flags: { json: jsonFlag },
  },
  async func(this: CliContext, { json }, device, image) {
    await using disk = await openInspectedDisk(resolve(this.cwd, device), "verify");
    await using wanted = await openInspectedDisk(resolve(this.cwd, image), "verify");
    const comparison = await compareDisks(wanted, disk);
    const { comparedBytes, leftOut, differences } = comparison;
    if (json) this.json({ schema: 1, device, image, ...comparison });
    if (differences.length > 0) throw differs(device, image, comparison);
    const but =
      leftOut === undefined ? "" : `; partition ${leftOut}, which slots share, was left out`;
    if (!json)
      this.message(`${device} holds ${image}: ${formatBytes(comparedBytes)} compared${but}`);
  },
});

function differs(device: string, image: string, { differences }: DiskComparison): PibuildError {
  const places = differences.map(({ partition, name, firstByte, blocks }) => {
    const where =
      partition === undefined
        ? "outside of partitions"
        : `in partition ${partition}${name === undefined ? "" : ` (\`${name}\`)`}`;
    return `${count(blocks, "block")} ${where}, from byte ${firstByte} on`;
  });
  return new PibuildError("VERIFY_FAILED", {
    what: `\`${device}\` is not \`${image}\``,
    detail: `${places.join("; ")} (a block has 4096 bytes)`,
    hint: "write the image again; a card that differs again, or a reader, is broken",
  });
}
