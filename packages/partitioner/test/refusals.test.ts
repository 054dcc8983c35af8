import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, isPibuildError } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { describe, expect } from "vitest";
import { createRig, diskTools, exec, MiB, type Rig } from "./rig.ts";

const it = needs(...diskTools, "bash");
const itMounts = needs(...diskTools, "bash", "mount", "umount", "root");

/** Assembles, expects LAYOUT_INVALID about a partition, and that nothing is left behind. */
async function refusal(rig: Rig, role: string, options = {}): Promise<string> {
  const error = await rig.assemble(options).catch((reason: unknown) => reason);
  if (!isPibuildError(error, "LAYOUT_INVALID")) throw error;
  expect(error.data.partition).toBe(role);
  expect((await readdir(rig.path)).sort()).toEqual(["boot", "root"]);
  return error.data.problem;
}

describe("FAT refuses", () => {
  const cases: [string, string, RegExp][] = [
    ["a symlink", "ln -s x boot/link", /`link`: it is a symlink/],
    ["a fifo", "mkfifo boot/pipe", /`pipe`: it is a fifo/],
    ["names that differ in case only", "touch boot/Config boot/config", /same name as `Config`/],
    ["a colon", "touch 'boot/a:b'", /`a:b`: its name has a character/],
    ["a line break", "touch $'boot/a\\nb'", /character that FAT has not/],
    ["a trailing dot", "mkdir boot/d; touch boot/d/dot.", /`d\/dot.`: its name ends in a dot/],
    ["a device name", "touch boot/Aux.txt", /device to Windows/],
    ["bytes that are not UTF-8", "touch $'boot/\\xff'", /not UTF-8/],
    ["a file of 4 GiB", "truncate -s 4G boot/big", /`big`: it is larger than 4 GiB/],
    [
      "more than it holds",
      "truncate -s 40M boot/a boot/b",
      /needs 80.0 MiB, it has room for 63.0 MiB/,
    ],
  ];
  for (const [name, script, message] of cases) {
    it(name, async () => {
      await using rig = await createRig();
      await rig.shell(script);
      expect(await refusal(rig, "boot")).toMatch(message);
    });
  }

  it("a partition of too few clusters", async () => {
    await using rig = await createRig();
    expect(await refusal(rig, "boot", { sizes: { boot: 32 * MiB } })).toContain("65525 clusters");
  });
});

describe("ext4 refuses", () => {
  it("content that is larger than the partition", async () => {
    await using rig = await createRig();
    await writeFile(join(rig.root, "big"), Buffer.alloc(20 * MiB, 1));
    expect(await refusal(rig, "root", { sizes: { boot: 64 * MiB, root: 16 * MiB } })).toBe(
      "its 20.0 MiB of content need about 224.0 MiB, it has 16.0 MiB",
    );
  });

  it("content that only the filesystem's own tables push out", async () => {
    await using rig = await createRig();
    await writeFile(join(rig.root, "big"), Buffer.alloc(15 * MiB, 1));
    const problem = await refusal(rig, "root", { sizes: { boot: 64 * MiB, root: 16 * MiB } });
    expect(problem).toContain("its 15.0 MiB of content need");
  });

  it("files where the boot partition is mounted", async () => {
    await using rig = await createRig();
    await rig.write({ "root/boot/firmware/config.txt": "" });
    expect(await refusal(rig, "root")).toContain("would hide `/boot/firmware/config.txt`");
  });

  it("a tree without a place for the boot partition", async () => {
    await using rig = await createRig();
    await rig.shell("rm -r root/boot");
    expect(await refusal(rig, "root")).toContain("`/boot/firmware`, which is no directory");
  });

  itMounts(
    "a mount left in the tree, but not the one that keeps the boot partition out",
    async () => {
      await using rig = await createRig();
      await rig.shell("mkdir root/proc empty; mount -t tmpfs none root/boot/firmware; rmdir empty");
      try {
        await rig.shell("mount -t tmpfs none root/proc");
        try {
          expect(await refusal(rig, "root")).toContain("`/proc` in its tree is a mount point");
        } finally {
          await rig.shell("umount root/proc");
        }
        await rig.assemble();
      } finally {
        await rig.shell("umount root/boot/firmware");
      }
    },
  );
});

describe("a disk refuses", () => {
  for (const date of [0, 315_532_799, 2 ** 31, 1.5, Number.NaN]) {
    it(`the date ${date}`, async () => {
      await using rig = await createRig();
      await expect(rig.assemble({ sourceDateEpoch: date })).rejects.toThrow(
        "between 1980 and 2038",
      );
    });
  }
});

it("a tree that changes while it is copied is noticed", async () => {
  await using rig = await createRig();
  const meddling: Exec = {
    async run(command) {
      if (command.program === "mke2fs") await writeFile(join(rig.root, "late"), "");
      return await exec.run(command);
    },
  };
  await expect(rig.assemble({ exec: meddling })).rejects.toThrow("has 3 inodes, 4 arrived");
});

for (const which of ["output", "scratch"]) {
  itMounts(`a full host disk below the ${which} is named, with what is needed`, async () => {
    await using rig = await createRig();
    await writeFile(join(rig.root, "big"), Buffer.alloc(30 * MiB, 1));
    await writeFile(join(rig.boot, "big"), Buffer.alloc(30 * MiB, 1));
    await rig.shell("mkdir small; mount -t tmpfs -o size=16m none small");
    try {
      const small = join(rig.path, "small");
      const place = which === "output" ? { output: join(small, "disk.img") } : { scratch: small };
      const error = await rig.assemble(place).catch((reason: unknown) => reason);
      if (!isPibuildError(error, "ENV_DISK_FULL")) throw error;
      expect(error.data.path).toBe(small);
      expect(error.data.neededBytes).toBeGreaterThan(60 * MiB);
      expect(await readdir(small)).toEqual([]);
    } finally {
      await rig.shell("umount small");
    }
  });
}
