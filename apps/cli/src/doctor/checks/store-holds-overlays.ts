import { askedMemory, holdsUserAttributes } from "@pibuild/pigen-runner";
import type { Check, CheckContext, CheckResult } from "../check.ts";

/** Kinds of filesystems that the kernel refuses for an overlay's changes, or that lose owners and modes. */
const unfit =
  /^(?:overlay|nfs4?|cifs|smb3?|9p|drvfs|vfat|exfat|msdos|ntfs3?|fuseblk|fuse\..+|hfsplus|ecryptfs)$/;

/** Whether steps can write where the store lies. */
export const storeHoldsOverlays: Check = {
  name: "store",
  asks: "Whether the filesystem of the store can hold what a step writes: root tries an overlay there, and names that differ in case only",
  warns: "it cannot, so only steps that fit into memory work",
  fails:
    "it cannot, and steps do not write into memory either (`PIBUILD_STEP_MEMORY=0`, or Linux before 6.6)",
  mended: "`PIBUILD_STORE` on a local disk with ext4, xfs or btrfs",
  mends: false,
  on: "linux",
  async examine({ host, env, directories }): Promise<CheckResult> {
    const { store } = directories;
    const { directory, type = "unknown" } = await host.volume(store);
    const detail = `${type} at ${store}`;
    const why = await reason(host, directory, type);
    if (why === undefined) return { status: "ok", detail };
    const inMemory = holdsUserAttributes(host.release) && askedMemory(env) !== 0;
    return {
      status: inMemory ? "warn" : "fail",
      detail: `${detail}: ${why}${inMemory ? "; steps that do not fit into memory fail" : ""}`,
      fix: "set PIBUILD_STORE to a directory on a local ext4, xfs or btrfs",
    };
  },
};

async function reason(
  host: CheckContext["host"],
  directory: string,
  type: string,
): Promise<string | undefined> {
  if (unfit.test(type)) return "overlays cannot write there";
  if ((await host.tellsCase(directory)) === false) return "`a` and `A` are one name there";
  const refused = await host.overlayRefused(directory);
  return refused === undefined ? undefined : `an overlay was refused: ${refused}`;
}
