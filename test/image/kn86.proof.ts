import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, sha256File } from "@pibuild/core";
import { bootImage, needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect } from "vitest";
import {
  cloneRig,
  commonStore,
  createImageRig,
  forget,
  type ImageRig,
  layersOf,
  ran,
} from "./image-rig.ts";
import { expectKiosk } from "./kiosk.ts";

const image = needs("root", "mksquashfs", "mmdebstrap", "mke2fs", "mcopy", "sfdisk", "dtc", "git");
const boots = needs("root", "mksquashfs", "mmdebstrap", "mcopy", "qemu-system-aarch64");
const exec = createExec();
const rig = await createImageRig(commonStore);
afterAll(() => rig[Symbol.asyncDispose]());

const disk = join(rig.path, "dist/kn86/kn86.img");
/** The sha256 of each file of the first build. */
let release: Readonly<Record<string, string>>;

/** What `pibuild plan --json` prints. */
interface BuildPlan {
  readonly steps: readonly { step: string; kind: string; fields?: string[] }[];
}

/** Puts the copy under git, as a release whose commit is the same wherever it is made. */
async function tagFirst({ path, edit }: ImageRig): Promise<void> {
  // What xz gives is a matter of another test; here it only takes long.
  await edit("apps/kn86/image.yaml", /^ {2}level: .*/m, "  level: 0");
  const date = "2026-01-01T00:00:00Z";
  const git = (...args: readonly string[]) =>
    exec.run({
      program: "git",
      args: ["-C", path, ...args],
      env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    });
  await git("init", "--quiet");
  await git("add", "apps", "stages");
  await git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-mfirst");
  await git("tag", "v0.1.0");
}

beforeAll(() => tagFirst(rig));

image("it builds, and its stages have nothing that lint minds", async () => {
  expect(await rig.pibuild(["lint", "kn86"])).toBe("");
  release = await releaseOf(rig);
  expect(Object.keys(release)).toEqual([
    "kn86.bmap",
    "kn86.img",
    "kn86.img.xz",
    "kn86.img.xz.sha256",
    "kn86.kn86fw",
  ]);
});

image("built again with its stages emulated, every file of a release is the same", async () => {
  await using second = await cloneRig(rig);
  await tagFirst(second);
  const plan: BuildPlan = JSON.parse(await rig.pibuild(["plan", "kn86", "--json"]));
  const own = plan.steps.map(({ step }) => step).filter((step) => !/^debian-/.test(step));
  for (const step of own) await forget(second, "kn86", step);
  const emulated = { PIBUILD_TWIN: "0" };
  const summary = await second.pibuild(["build", "kn86", "--target", "disk", "--json"], emulated);
  const ranSteps = ran(JSON.parse(summary));
  expect(ranSteps.sort()).toEqual(own.sort());
  expect(ranSteps.length).toBeGreaterThan(10);
  expect(await layersOf(second, "kn86")).toEqual(await layersOf(rig, "kn86"));
  expect(await releaseOf(second)).toEqual(release);
});

image("a commit costs the build id and what tells of the commit anyway", async () => {
  const plan = async (): Promise<BuildPlan> =>
    JSON.parse(await rig.pibuild(["plan", "kn86", "--json"]));
  const { steps } = await plan();
  expect(steps.every(({ kind }) => kind === "cached")).toBe(true);
  const as = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
  await exec.run({
    program: "git",
    args: ["-C", rig.path, ...as, "commit", "--quiet", "--allow-empty", "-msecond"],
  });
  expect((await plan()).steps.find(({ kind }) => kind !== "cached")).toMatchObject({
    step: "kn86-firmware/09-identity",
    fields: ["settings/GIT_DESCRIBE"],
  });
  await exec.run({ program: "git", args: ["-C", rig.path, "reset", "--quiet", "v0.1.0"] });
});

image("its overlays fit the device tree that the firmware finds beside them", async () => {
  const directory = await mkdtemp(join(rig.path, "boot-"));
  await exec.run({
    program: "mcopy",
    args: [
      ...["-n", "-s", "-i", `${disk}@@${await bootOffset()}`],
      ...["::bcm2837-rpi-zero-2-w.dtb", "::overlays", "::config.txt", "::cmdline.txt", directory],
    ],
    env: { MTOOLS_SKIP_CHECK: "1" },
  });
  const overlays = await readdir(join(directory, "overlays"));
  expect(overlays.length).toBe(3);
  await exec.run({
    program: "fdtoverlay",
    args: [
      ...["-i", join(directory, "bcm2837-rpi-zero-2-w.dtb"), "-o", join(directory, "merged.dtb")],
      ...overlays.map((name) => join(directory, "overlays", name)),
    ],
  });
  expect(await readFile(join(directory, "config.txt"), "utf8")).toContain("\ninclude kn86.txt\n");
  const cmdline = await readFile(join(directory, "cmdline.txt"), "utf8");
  expect(cmdline).not.toMatch(/console=(?:serial|ttyS|ttyAMA)/);
});

/** Where the boot partition of slot A begins, in bytes. */
async function bootOffset(): Promise<number> {
  const { stdout } = await exec.run({ program: "sfdisk", args: ["--json", disk] });
  const { partitions } = JSON.parse(stdout).partitiontable;
  return partitions.find(({ name }: { name: string }) => name === "boot-a").start * 512;
}

boots(
  "with an overlay it boots to a kiosk, and writes nothing to its root filesystem",
  async () => {
    const { console, check } = await bootImage(disk, {
      words: ["kn86.overlay=1"],
      bootOffset: await bootOffset(),
    });
    expect(console).toMatch(/kn86 login:/);
    expect(check).toMatchObject({ state: "running", failed: [], hostname: "kn86" });
    expect(check.root.fstype).toBe("overlay");
    expect(check.boot.fstype).toBe("vfat");
    expectKiosk(console, {
      buildId: /^v0\.1\.0 2026-01-01T00:00:00Z$/,
      root: /^\S+ overlay rw,/,
      boot: /^\/dev\/vda2 vfat ro,/,
    });
  },
);

/** The sha256 of each file that a release has. */
async function releaseOf(made: ImageRig): Promise<Record<string, string>> {
  await made.pibuild(["build", "kn86"]);
  const directory = join(made.path, "dist", "kn86");
  const names = (await readdir(directory)).filter((name) => name.startsWith("kn86.")).sort();
  const sums = names.map(async (name) => [name, await sha256File(join(directory, name))]);
  return Object.fromEntries(await Promise.all(sums));
}
