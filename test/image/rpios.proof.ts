import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { bootSlot } from "./ab-machine.ts";
import { createCard } from "./card-machine.ts";
import { ran } from "./image-rig.ts";
import { expectKiosk } from "./kiosk.ts";
import { buildCold, differingLayers, report, say } from "./rpios-builds.ts";
import { checkRequests, writeCheckStep } from "./rpios-images.ts";
import { createRpiosRig, type RpiosRig } from "./rpios-rig.ts";
import { describeUpdates } from "./update-cycle.ts";

/*
 * Raspberry Pi OS itself, whole: pi-gen's own stages and export, in the images that this workspace
 * ships. It needs a checkout of pi-gen, and where Raspberry Pi's archive is not reached the sources that
 * its stand-in is built from.
 */
const piGen = process.env.PIGEN_DIR ?? "";
const whole = needs(
  ...(["root", "mksquashfs", "debootstrap", "mke2fs", "mcopy", "sfdisk", "debugfs", "dh"] as const),
  ...(["qemu-system-aarch64", "dtc", "git", "PIGEN_DIR"] as const),
);
const exec = createExec();
const GiB = 1024 ** 3;
const checked = "pibuild.check=poweroff systemd.journald.forward_to_console=1";

let rig: RpiosRig;
let directory: string;
const distOf = (image: string, ending = ".img") => join(rig.path, "dist", image, image + ending);
/**
 * pi-gen draws a salt for a password, which stands in the shadow file of each step that adds a user, and
 * its last step says when it ran.
 */
const drawn = [
  ...["stage1/01-sys-tweaks", "stage1/03-install-packages", "stage2/01-sys-tweaks"],
  "export-image/05-finalise",
];

beforeAll(async () => {
  if (piGen === "") return;
  rig = await createRpiosRig({ piGen });
  say(rig.packages);
  directory = await mkdtemp("/var/tmp/pibuild-rpios-");
  // The kiosk's own check runs with the other one, which Raspberry Pi OS does not have.
  await writeCheckStep(join(rig.path, "stages/kn86-firmware"));
}, 10 * 60_000);
afterAll(async () => {
  if (piGen === "") return;
  await rig[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

describe("sugarkube", () => {
  whole(
    "is built whole, and a second cold build differs in what is listed and no more",
    async () => {
      await buildCold(rig, "sugarkube");
      await rig.pibuild(["inspect", distOf("sugarkube")]);
      const differing = await differingLayers(rig, "sugarkube");
      expect(differing.filter((step) => !drawn.includes(step))).toEqual([]);
    },
    60 * 60_000,
  );

  whole(
    "grows its root at the first boot as on a card, makes its user, and runs its seed",
    async () => {
      const card = await createCard(distOf("sugarkube"), directory, 8 * GiB);
      const shipped = await card.root();
      const first = await card.boot();
      expect(first, first.slice(-4000)).toContain("Resizing root filesystem");
      const grown = await card.root();
      expect(grown.bytes).toBeGreaterThan(7 * GiB);
      expect(shipped.bytes).toBeLessThan(4 * GiB);
      // It draws a new id for the disk, and says it where the old one stood.
      const id = grown.id.slice(2);
      expect(id).toMatch(/^[0-9a-f]{8}$/);
      expect(await card.readBoot("cmdline.txt")).toContain(`root=PARTUUID=${id}-02`);
      expect(await card.debugfs("cat /etc/fstab")).toContain(`PARTUUID=${id}-01`);
      expect(await card.readBoot("cmdline.txt")).not.toContain("firstboot");

      await card.debugfs(...checkRequests());
      const second = await card.boot(checked);
      expect(report(second), second.slice(-6000)).toMatchObject({
        ...{ state: "running", failed: [], hostname: "sugarkube", sshHostKeys: true },
        ...{ machineId: true, kernel: expect.stringMatching(/-rpi-v8$/) },
        root: { partuuid: `${id}-02` },
        boot: { partuuid: `${id}-01`, fstype: "vfat" },
      });
      // Nobody was there to name the first user, and the last of cloud-init ran all the same.
      expect(second).toMatch(/cloudflared\.path/);
      expect(await card.debugfs("cat /etc/passwd")).toMatch(/^pi:x:1000:/m);
      await card.writeBoot("userconf.txt", `maker:${hash}\n`);
      const third = await card.boot(checked);
      expect(report(third), third.slice(-6000)).toMatchObject({ state: "running", failed: [] });
      const users = await card.debugfs("cat /etc/passwd");
      expect(users).toMatch(/^maker:x:1000:/m);
      expect(users).not.toMatch(/^pi:/m);
      expect((await card.root()).id).toBe(grown.id);
    },
    60 * 60_000,
  );

  whole(
    "a changed user-data runs its seed and the disk, and none of pi-gen's export",
    async () => {
      const file = join(rig.path, "apps/sugarkube/user-data");
      await writeFile(file, `${await readFile(file, "utf8")}\n# changed\n`);
      const started = performance.now();
      const summary = await rig.pibuild(["build", "sugarkube", "--target", "disk", "--json"]);
      say(`changed user-data: ${((performance.now() - started) / 1000).toFixed(1)} s`);
      const steps = ran(JSON.parse(summary));
      say(`  ran ${steps.join(" ")}`);
      expect(steps).toEqual(["cloud-init-seed/01-seed"]);
    },
    20 * 60_000,
  );
});

describe("kn86-rpios", () => {
  whole(
    "is built whole, and boots to its kiosk with an overlay and without",
    async () => {
      await buildCold(rig, "kn86-rpios");
      const disk = join(directory, "kn86-rpios.img");
      for (const overlay of [1, 0]) {
        await exec.run({
          program: "cp",
          args: ["--sparse=always", distOf("kn86-rpios"), disk],
        });
        const { console } = await bootSlot(disk, { words: `${checked} kn86.overlay=${overlay}` });
        expect(report(console), console.slice(-6000)).toMatchObject({
          ...{ state: "running", failed: [], hostname: "kn86" },
          root: { fstype: overlay === 1 ? "overlay" : "ext4" },
        });
        expectKiosk(console, {
          buildId: /^unversioned 20/,
          root: overlay === 1 ? /^\S+ overlay rw,/ : /^\/dev\/vda4 ext4 rw,/,
          boot: /^\/dev\/vda2 vfat ro,/,
        });
        const kiosk = JSON.parse(/KN86-CHECK (\{.*\})/.exec(console)?.[1] ?? "{}");
        expect(kiosk.groups).toEqual(expect.arrayContaining(["gpio", "i2c", "spi", "video"]));
      }
    },
    60 * 60_000,
  );

  whole(
    "differs in a second cold build in what is listed and no more",
    async () => {
      const differing = await differingLayers(rig, "kn86-rpios", ({ path }) =>
        writeCheckStep(join(path, "stages/kn86-firmware")),
      );
      expect(differing.filter((step) => !drawn.includes(step))).toEqual([]);
    },
    60 * 60_000,
  );
});

if (piGen !== "") {
  describe("kn86-rpios takes an update in the field", () => {
    describeUpdates({
      name: "kn86-rpios",
      size: "4GiB",
      async open() {
        const copy = await rig.copy(rig.store);
        await writeCheckStep(join(copy.path, "stages/kn86-firmware"));
        return copy;
      },
    });
  });
}

/** Of the password `maker`, as userconf.txt takes it. */
const hash =
  "$6$pibuild$lEU8iTDzA1TGZr3IkJpoSEverd1h9RA3ljgRrhu29LjVrQ6GNdxUu30/9NqonCpN3Jb856/TRbxmTixTPBTlm1";
