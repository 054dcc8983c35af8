import { buildPayload, openSource, slotCmdlines } from "@pibuild/kn86fw";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { describePayload } from "../../payload/describe.ts";
import { levelFlag, outputFlag, parseCount } from "./parameters.ts";

interface BuildFlags {
  readonly boot: string;
  readonly root: string;
  readonly rootA: string;
  readonly rootB: string;
  readonly systemVersion: string;
  readonly securityEpoch: number;
  readonly compatible: string;
  readonly board: readonly string[];
  readonly layout: string;
  readonly createdAt?: number;
  readonly level: number;
  readonly output: string;
}

const text = { kind: "parsed", parse: String } as const;

export const build = buildCommand<BuildFlags, [], CliContext>({
  docs: {
    brief:
      "Build a payload from a boot and a root filesystem (`pibuild build` does this for an image)",
    fullDescription: [
      "Example:",
      "  pibuild payload build --boot boot.img --root root.img --root-a 4b4e3836-04 --root-b 4b4e3836-05 \\",
      "    --system-version 1.2.0 --security-epoch 1 --compatible kn86-deckline --board zero2w \\",
      "    --layout $LAYOUT --output kn86.kn86fw",
      "",
      "Give the images of slot A. A payload has no signatures until `pibuild payload sign`.",
    ].join("\n"),
  },
  parameters: {
    flags: {
      boot: { ...text, brief: "The boot partition's image", placeholder: "file" },
      root: { ...text, brief: "The root partition's image", placeholder: "file" },
      rootA: { ...text, brief: "PARTUUID of slot A's root, which `cmdline.txt` names" },
      rootB: { ...text, brief: "PARTUUID of slot B's root" },
      systemVersion: { ...text, brief: "The system's version: 1.2.0, 1.2.0-rc.1" },
      securityEpoch: {
        kind: "parsed",
        parse: parseCount,
        brief: "A number to raise when older versions must not be installed any more",
      },
      compatible: { ...text, brief: "The product that the payload is for" },
      board: {
        ...text,
        brief: "A board that it starts on; can be given more than once",
        variadic: true,
      },
      layout: { ...text, brief: "Digest of the disk's layout, as in `/etc/kn86/device`" },
      createdAt: {
        kind: "parsed",
        parse: parseCount,
        brief: "Seconds since 1970; default: SOURCE_DATE_EPOCH, or 0",
        optional: true,
      },
      level: levelFlag,
      output: outputFlag,
    },
  },
  async func(this: CliContext, flags) {
    const { boot, root, rootA, rootB, level, output, createdAt } = flags;
    const cmdline = await (async () => {
      await using image = await openSource({ path: boot }, "the boot image");
      return await slotCmdlines(image, { a: rootA, b: rootB });
    })();
    const manifest = await buildPayload({
      output,
      description: {
        version: flags.systemVersion,
        securityEpoch: flags.securityEpoch,
        compatible: flags.compatible,
        boards: flags.board,
        layout: flags.layout,
        createdAt: createdAt ?? parseCount(this.env.SOURCE_DATE_EPOCH || "0"),
      },
      boot: { path: boot },
      root: { path: root },
      cmdline,
      level,
    });
    this.message(`wrote ${output}: ${describePayload(manifest)}, not signed yet`);
  },
});
