import { type Check, type CheckResult, worst } from "../check.ts";
import { places } from "../places.ts";

/** Files of the largest step with room to spare: a whole system without and with a desktop. */
const wanted = { lite: 100_000, desktop: 300_000 };
/** Bootstrapping Debian alone makes about as many. */
const least = 15_000;

/** Inodes: a disk can be full with space left. */
export const inodesAreLeft: Check = {
  name: "inodes",
  asks: "How many more files fit on the filesystems of the store and the results",
  warns: `fewer than ${wanted.lite}, or ${wanted.desktop} for an image with a desktop`,
  fails: `fewer than ${least}, which the first step alone needs`,
  mended: "remove files, or set `PIBUILD_STORE` to another filesystem",
  mends: false,
  on: "anywhere",
  async examine(context) {
    const desktop = context.needed.images.some((image) => image.desktop);
    const enough = desktop ? wanted.desktop : wanted.lite;
    const findings = (await places(context)).map(({ path, volume }): CheckResult => {
      const { freeFiles } = volume;
      if (freeFiles === undefined) return { status: "ok", detail: `no limit at ${path}` };
      const detail = `${freeFiles} free at ${path}`;
      if (freeFiles >= enough) return { status: "ok", detail };
      const fix = "remove files there, or set PIBUILD_STORE to another filesystem";
      return { status: freeFiles < least ? "fail" : "warn", detail, fix };
    });
    return worst(findings);
  },
};
