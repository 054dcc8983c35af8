import { chmod, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, ownMounts, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";

const generator = join(
  import.meta.dirname,
  "../../../stages/kn86-runtime/00-storage/files/kn86-slots",
);
const isolated = needs("own mount namespace", "bash", "unshare", "mount");
const exec = createExec();

/** A disk as the kernel shows it: names of the partitions of a GPT by number; empty ones of an MBR. */
type Disk = Readonly<Record<number, string>>;

const ab6 = ["common", "boot-a", "boot-b", "root-a", "root-b", "shared"];
const gpt: Disk = Object.fromEntries(ab6.map((name, index) => [index + 1, name]));
const mbr: Disk = { 1: "", 2: "", 3: "", 4: "", 5: "", 6: "", 7: "" };
const standard: Disk = { 1: "", 2: "" };

/** What the generator mounts where the root filesystem is on that partition of `vda`. */
async function mountsOf(disk: Disk, root: number, { overlay = false } = {}) {
  const directory = await mkdtemp(join(tmpdir(), "kn86 slots-"));
  onTestFinished(() => removeTree(directory));
  const sys = join(directory, "sys");
  await mkdir(join(sys, "dev/block"), { recursive: true });
  await mkdir(join(sys, "class/block"), { recursive: true });
  // A second disk with the same names, as a cartridge may have them.
  const disks = { vda: { minor: 0, disk }, sda: { minor: 64, disk: gpt } };
  for (const [device, { minor, disk: partitions }] of Object.entries(disks)) {
    for (const [number, name] of Object.entries(partitions)) {
      const path = join(sys, "devices", device, `${device}${number}`);
      await mkdir(path, { recursive: true });
      await writeFile(join(path, "partition"), `${number}\n`);
      const label = name === "" ? "" : `PARTNAME=${name}\n`;
      await writeFile(join(path, "uevent"), `DEVTYPE=partition\nPARTN=${number}\n${label}`);
      const target = `../../devices/${device}/${device}${number}`;
      await symlink(target, join(sys, "class/block", `${device}${number}`));
      await symlink(target, join(sys, "dev/block", `254:${minor + Number(number)}`));
    }
  }
  const below = overlay ? "/run/kn86/lower" : "/";
  const units = join(directory, "units");
  await mkdir(join(directory, "bin"));
  await mkdir(units);
  await writeFile(
    join(directory, "bin/mountpoint"),
    `#!/bin/sh\n[ "$2" = "${below}" ] && echo 254:${root} && exit 0\n[ "$2" = / ] && echo 0:30\n`,
  );
  await chmod(join(directory, "bin/mountpoint"), 0o755);
  await exec.run({
    program: "unshare",
    args: [
      ...ownMounts,
      ...["bash", "-ec", 'mount --rbind "$1" /sys; PATH="$2:$PATH" sh "$3" "$4"', "bash"],
      ...[sys, join(directory, "bin"), generator, units],
    ],
  });
  const names = (await readdir(units)).filter((name) => name.endsWith(".mount")).sort();
  const mounts = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(units, name), "utf8");
      const field = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1] ?? "";
      expect(await readdir(join(units, "local-fs.target.wants"))).toContain(name);
      return `${field("What")} ${field("Where")} ${field("Options").split(",")[0]}`;
    }),
  );
  return mounts.sort();
}

isolated("slot A and slot B get their own boot partition, and share the rest", async () => {
  const shared = ["/dev/vda1 /boot/common ro", "/dev/vda6 /home/shared rw"];
  expect(await mountsOf(gpt, 4)).toEqual([shared[0], "/dev/vda2 /boot/firmware ro", shared[1]]);
  expect(await mountsOf(gpt, 5)).toEqual([shared[0], "/dev/vda3 /boot/firmware ro", shared[1]]);
});

isolated("below an overlay it is the same", async () => {
  expect(await mountsOf(gpt, 5, { overlay: true })).toContain("/dev/vda3 /boot/firmware ro");
});

isolated("an MBR counts its extended partition", async () => {
  const shared = ["/dev/vda1 /boot/common ro", "/dev/vda7 /home/shared rw"];
  expect(await mountsOf(mbr, 5)).toEqual([shared[0], "/dev/vda2 /boot/firmware ro", shared[1]]);
  expect(await mountsOf(mbr, 6)).toEqual([shared[0], "/dev/vda3 /boot/firmware ro", shared[1]]);
});

isolated(
  "the same tree also comes up from two partitions, and from a disk it does not know",
  async () => {
    expect(await mountsOf(standard, 2)).toEqual(["/dev/vda1 /boot/firmware ro"]);
    expect(await mountsOf({ 1: "EFI", 2: "linux" }, 2)).toEqual([]);
  },
);
