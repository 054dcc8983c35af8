import { formatBytes, PibuildError } from "@pibuild/core";
import {
  type BaseImages,
  checkDevice,
  noFloor,
  openPayload,
  openSource,
  type Payload,
  readDeviceFacts,
  readTrustedKeys,
  type Source,
  verifyPayload,
} from "@pibuild/kn86fw";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { describePayload } from "../../payload/describe.ts";
import { keyFlag, payloadParameter } from "./parameters.ts";

interface VerifyFlags {
  readonly key?: readonly string[];
  readonly unsigned: boolean;
  readonly device?: string;
  readonly baseBoot?: string;
  readonly baseRoot?: string;
}

const file = { kind: "parsed", parse: String, optional: true, placeholder: "file" } as const;

export const verify = buildCommand<VerifyFlags, [payload: string], CliContext>({
  docs: {
    brief: "Check a payload: its signatures, its content, and whether it fits a device",
    fullDescription: [
      "Examples:",
      "  pibuild payload verify kn86.kn86fw --key release.pub",
      "  pibuild payload verify kn86.kn86fw --key release.pub --device device    as /etc/kn86/device",
      "  pibuild payload verify delta.kn86fw --key release.pub --base-boot boot.img --base-root root.img",
    ].join("\n"),
  },
  parameters: {
    positional: payloadParameter,
    flags: {
      key: { ...keyFlag, optional: true },
      unsigned: {
        kind: "boolean",
        brief: "Do not check signatures",
        default: false,
      },
      device: { ...file, brief: "A device's description, to check whether the payload fits it" },
      baseBoot: {
        ...file,
        brief: "For a delta: the boot image of the version that it starts from",
      },
      baseRoot: {
        ...file,
        brief: "For a delta: the root image of the version that it starts from",
      },
    },
  },
  async func(this: CliContext, { key = [], unsigned, device, ...base }, path) {
    if (key.length === 0 && !unsigned) {
      throw new PibuildError("USAGE", {
        message: "whose signature counts? name a public key with --key, or say --unsigned",
      });
    }
    await using source = await openSource({ path });
    const trust = unsigned ? "anyone" : await readTrustedKeys(key);
    const payload = await openPayload(source, { trust });
    if (device !== undefined) {
      const receiver = { device: await readDeviceFacts(device), floor: noFloor };
      checkDevice(source.name, payload.manifest, receiver);
    }
    const { rawBytes } = await withBase(base, (images) => verifyPayload(payload, images));
    this.message(report(payload, rawBytes));
  },
});

async function withBase<T>(
  { baseBoot, baseRoot }: Pick<VerifyFlags, "baseBoot" | "baseRoot">,
  work: (base: BaseImages | undefined) => Promise<T>,
): Promise<T> {
  if (baseBoot === undefined || baseRoot === undefined) return work(undefined);
  await using boot = await openSource({ path: baseBoot }, "the base's boot image");
  await using root = await openSource({ path: baseRoot }, "the base's root image");
  return await work({ boot, root } satisfies Record<string, Source>);
}

function report({ source, manifest, signedBy }: Payload, rawBytes: number): string {
  const { boot, root } = manifest.images;
  const left = boot.size + root.size - rawBytes;
  const copied = left === 0 ? "" : `, but for ${formatBytes(left)} of its base`;
  const by = signedBy.map((id) => id.slice(0, 16)).join(", ") || "whoever it was";
  return `${source.name} is whole${copied}: ${describePayload(manifest)}, signed by ${by}`;
}
