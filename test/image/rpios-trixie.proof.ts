import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createCard } from "./card-machine.ts";
import { buildCold, report, say } from "./rpios-builds.ts";
import { checkoutTag, checkRequests, commitOfTag } from "./rpios-images.ts";
import { createRpiosRig, type RpiosRig } from "./rpios-rig.ts";

/* The newest tag of pi-gen for trixie, in a scratch workspace whose pin names it. */
const piGen = process.env.PIGEN_DIR ?? "";
const tag = "2026-06-18-raspios-trixie-arm64";
const commit = piGen === "" ? undefined : await commitOfTag(piGen, tag);
const whole = needs(
  ...(["root", "mksquashfs", "debootstrap", "mke2fs", "mcopy", "sfdisk", "debugfs", "dh"] as const),
  ...(["qemu-system-aarch64", "dtc", "git", "PIGEN_DIR"] as const),
);
const GiB = 1024 ** 3;
const checked = "pibuild.check=poweroff systemd.journald.forward_to_console=1";

describe(`sugarkube at pi-gen ${tag}`, () => {
  let rig: RpiosRig;
  let directory: string;

  beforeAll(async () => {
    if (commit === undefined) return;
    directory = await mkdtemp("/var/tmp/pibuild-rpios-trixie-");
    const checkout = await checkoutTag(piGen, tag, directory);
    rig = await createRpiosRig({ piGen: checkout, pin: { tag, commit, release: "trixie" } });
    say(rig.packages);
  }, 10 * 60_000);
  afterAll(async () => {
    if (commit === undefined) return;
    await rig[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  whole(
    "is built whole and boots twice",
    async (context) => {
      context.skip(commit === undefined, `not here: ${tag} in PIGEN_DIR`);
      await buildCold(rig, "sugarkube");
      const image = join(rig.path, "dist/sugarkube/sugarkube.img");
      await rig.pibuild(["inspect", image]);
      const card = await createCard(image, directory, 8 * GiB);
      await card.debugfs(...checkRequests());
      const shipped = await card.root();
      for (const boot of ["first", "second"]) {
        const console = await card.boot(checked);
        expect(report(console), `${boot}: ${console.slice(-6000)}`).toMatchObject({
          ...{ state: "running", failed: [], hostname: "sugarkube", sshHostKeys: true },
          ...{ machineId: true, kernel: expect.stringMatching(/-rpi-v8$/) },
          boot: { fstype: "vfat" },
        });
      }
      // The unit that grows trixie's root has no public sources: what stands in for it does nothing.
      expect(await card.root()).toEqual(shipped);
    },
    90 * 60_000,
  );
});
