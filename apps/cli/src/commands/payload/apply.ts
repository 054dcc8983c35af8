import { PibuildError } from "@pibuild/core";
import {
  applyPayload,
  checkPayload,
  checkUnmounted,
  commitUpdate,
  directoryState,
  type FileRegion,
  openDevice,
  openSource,
  otherSlot,
  readAutobootSector,
  readDeviceFacts,
  readTrustedKeys,
} from "@pibuild/kn86fw";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { describePayload } from "../../payload/describe.ts";
import { keyFlag, payloadParameter } from "./parameters.ts";

interface ApplyFlags {
  readonly key: readonly string[];
  readonly device: string;
  readonly state: string;
  readonly common: FileRegion;
  readonly boot: FileRegion;
  readonly root: FileRegion;
  readonly baseBoot?: FileRegion;
  readonly baseRoot?: FileRegion;
  readonly allowDowngrade: boolean;
  readonly dryRun: boolean;
  readonly commit: boolean;
}

const region = { kind: "parsed", parse: parseRegion, placeholder: "partition" } as const;
const path = { kind: "parsed", parse: String } as const;

export const apply = buildCommand<ApplyFlags, [payload: string], CliContext>({
  docs: {
    brief: "Write a payload to the inactive slot of a card or an image",
    fullDescription: [
      "Example:",
      "  pibuild payload apply kn86.kn86fw --key release.pub --device device --state state \\",
      "    --common /dev/sdb1 --boot /dev/sdb3 --root /dev/sdb5",
      "",
      "A partition is a device, a file, or part of a file: `card.img@OFFSET+SIZE`, in bytes. Use this",
      "for a card in a reader, or for an image; a device updates itself with `kn86-update`.",
    ].join("\n"),
  },
  parameters: {
    positional: payloadParameter,
    flags: {
      key: keyFlag,
      device: {
        ...path,
        brief: "The device's own description: its file /etc/kn86/device",
        placeholder: "file",
      },
      state: {
        ...path,
        brief: "The device's state: the directory `.kn86` on its last partition",
        placeholder: "directory",
      },
      common: {
        ...region,
        brief: "The first partition, with the autoboot.txt that says which slot boots",
      },
      boot: { ...region, brief: "The boot partition of the inactive slot" },
      root: { ...region, brief: "The root partition of the inactive slot" },
      baseBoot: {
        ...region,
        brief: "For a delta: the boot partition of the active slot",
        optional: true,
      },
      baseRoot: {
        ...region,
        brief: "For a delta: the root partition of the active slot",
        optional: true,
      },
      allowDowngrade: {
        kind: "boolean",
        brief: "Allow an older version, but never an older security epoch",
        default: false,
      },
      dryRun: { kind: "boolean", brief: "Check everything, but write nothing", default: false },
      commit: {
        kind: "boolean",
        brief: "Make the new slot the active one at once, without a trial boot",
        default: false,
      },
    },
  },
  async func(this: CliContext, flags, payload) {
    const { key, state, common, boot, root, baseBoot = boot, baseRoot = root } = flags;
    if ((flags.baseBoot === undefined) !== (flags.baseRoot === undefined)) {
      throw new PibuildError("USAGE", { message: "--base-boot and --base-root go together" });
    }
    await using file = await openSource({ path: payload });
    const trust = await readTrustedKeys(key);
    const device = await readDeviceFacts(flags.device);
    await using commonDevice = await openDevice(common);
    await using bootDevice = await openDevice(boot);
    await using rootDevice = await openDevice(root);
    for (const each of [common, boot, root]) await checkUnmounted(file.name, each.path);
    await using baseBootImage = await openSource(baseBoot, "the base's boot partition");
    await using baseRootImage = await openSource(baseRoot, "the base's root partition");
    const { slot } = await readAutobootSector(commonDevice);
    const target = {
      device,
      state: directoryState(state),
      running: slot === undefined ? undefined : { slot, confirmed: true },
      inactive: { boot: bootDevice, root: rootDevice },
      active: { boot: baseBootImage, root: baseRootImage },
      allowDowngrade: flags.allowDowngrade,
    };
    const work = flags.dryRun ? checkPayload : applyPayload;
    const { payload: taken, slot: written } = await work(file, target, { trust });
    const what = `${describePayload(taken.manifest)} ${flags.dryRun ? "fits" : "is in"} slot ${written}`;
    if (flags.dryRun || !flags.commit) return this.message(what);
    const running = { slot: otherSlot(slot ?? written), confirmed: false };
    const { version, securityEpoch } = taken.manifest;
    await commitUpdate({
      common: commonDevice,
      running,
      state: target.state,
      device: { ...device, version, securityEpoch },
    });
    this.message(`${what}, which boots from now on`);
  },
});

/** A partition on the command line: `/dev/sdb3`, a file, or `card.img@OFFSET+SIZE` in bytes. */
function parseRegion(text: string): FileRegion {
  const [, path, offset, size] = /^(.+)@(\d{1,15})\+(\d{1,15})$/.exec(text) ?? [];
  if (path === undefined) return { path: text };
  return { path, offset: Number(offset), size: Number(size) };
}
