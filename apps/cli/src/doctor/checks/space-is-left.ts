import { formatBytes } from "@pibuild/core";
import { neededBytes } from "../../build/preflight.ts";
import { type Check, type CheckResult, worst } from "../check.ts";
import { places } from "../places.ts";

/** From an empty store, in bytes: layers, packages, the largest step, and the disk twice. */
const wanted = { lite: 10 * 1024 ** 3, desktop: 30 * 1024 ** 3 };

/** Free space where a build writes. */
export const spaceIsLeft: Check = {
  name: "disk-space",
  asks: "Free space for the store, where steps work too, and for the results",
  warns: `less than ${formatBytes(wanted.lite)}, or ${formatBytes(wanted.desktop)} for an image with a desktop (pi-gen's stage3 or later). A first build needs that much; layers that are in the store already need no more`,
  fails: `less than ${formatBytes(neededBytes)}: a build does not start`,
  mended: "free some space (`pibuild clean --store` removes every layer), or set `PIBUILD_STORE`",
  mends: false,
  on: "anywhere",
  async examine(context) {
    const desktop = context.needed.images.some((image) => image.desktop);
    const enough = desktop ? wanted.desktop : wanted.lite;
    const findings = (await places(context)).map(({ path, volume }): CheckResult => {
      const free = `${formatBytes(volume.freeBytes)} free at ${path}`;
      if (volume.freeBytes >= enough) return { status: "ok", detail: free };
      const fails = volume.freeBytes < neededBytes;
      return {
        status: fails ? "fail" : "warn",
        detail: `${free}; ${fails ? `a build needs ${formatBytes(neededBytes)}` : `a first build may take ${formatBytes(enough)}`}`,
        fix: "free some space, or set PIBUILD_STORE to a larger disk",
      };
    });
    return worst(findings);
  },
};
