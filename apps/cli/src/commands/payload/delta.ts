import { PibuildError } from "@pibuild/core";
import { buildDelta, readTrustedKeys } from "@pibuild/kn86fw";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { describePayload } from "../../payload/describe.ts";
import { keyFlag, levelFlag, outputFlag } from "./parameters.ts";

interface DeltaFlags {
  readonly key?: readonly string[];
  readonly level: number;
  readonly output: string;
}

export const delta = buildCommand<DeltaFlags, [payload: string, base: string], CliContext>({
  docs: {
    brief: "Make a smaller payload, for devices that run exactly one other version",
    fullDescription: [
      "Example:",
      "  pibuild payload delta kn86-1.3.kn86fw kn86-1.2.kn86fw --key release.pub --output 1.2-to-1.3.kn86fw",
      "",
      "Both are full payloads. A device refuses a delta if its root filesystem was ever written to, and",
      "needs the full payload then. A delta has no signatures until `pibuild payload sign`.",
    ].join("\n"),
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "The full payload of the new version", parse: String, placeholder: "payload" },
        {
          brief: "The full payload of the version that devices run",
          parse: String,
          placeholder: "base",
        },
      ],
    },
    flags: {
      key: { ...keyFlag, optional: true },
      level: levelFlag,
      output: outputFlag,
    },
  },
  async func(this: CliContext, { key = [], level, output }, payload, base) {
    if ([payload, base].includes(output)) {
      throw new PibuildError("USAGE", { message: `${output} cannot be its own delta` });
    }
    const trust = key.length === 0 ? "anyone" : await readTrustedKeys(key);
    const manifest = await buildDelta({ payload, base, output, level, trust });
    this.message(`wrote ${output}: ${describePayload(manifest)}, not signed yet`);
  },
});
