import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { assembleDisk, layouts, partuuids } from "@pibuild/partitioner";
import { createRig, needs, type Rig } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";

const it = needs("mke2fs", "mcopy", "xz");
const MiB = 1024 ** 2;
let rig: Rig;

/** One small A/B disk as `ab.img`, at which all tests look. */
beforeAll(async () => {
  rig = await createRig();
  const root = partuuids(layouts.ab6, "t")["root-a"];
  await rig.write({
    "common/bootcode.bin": "",
    "boot/cmdline.txt": `${`root=PARTUUID=${root}`.padEnd(511)}\n`,
    "root/etc/hostname": "t",
  });
  for (const name of ["boot/firmware", "boot/common", "home/shared"]) {
    await mkdir(join(rig.path, "root", name), { recursive: true });
  }
  await assembleDisk({
    layout: layouts.ab6,
    sources: {
      common: join(rig.path, "common"),
      "boot-a": join(rig.path, "boot"),
      "root-a": join(rig.path, "root"),
    },
    sizes: { common: 40 * MiB, "boot-a": 40 * MiB, "root-a": 24 * MiB, shared: 16 * MiB },
    ...{ output: join(rig.path, "ab.img"), seed: "t", sourceDateEpoch: 1_700_000_000 },
    ...{ exec: createExec(), scratch: rig.path },
  });
});
afterAll(() => rig?.[Symbol.asyncDispose]());

describe("pibuild inspect", () => {
  it("shows both tables, filesystems, slots and what starts", async () => {
    const { stdout, stderr, exitCode } = await rig.pibuild(["inspect", "ab.img"]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatchInlineSnapshot(`
      "ab.img: 192.0 MiB, GPT, with an MBR that names partitions, too (hybrid), id 5ce5fc17-8b72-82bb-b740-664b7a78d191

         start      size      name    holds    label   id                                    partuuid
      1  4.0 MiB    40.0 MiB  common  fat32    COMMON  1acdf5b9                              1be3aff8-ce96-8d93-940e-c4382b17c470
      2  44.0 MiB   40.0 MiB  boot-a  fat32    BOOT    50981704                              305a39cf-fc04-81a1-bc7e-11ef8d9ca3be
      3  84.0 MiB   40.0 MiB  boot-b  nothing                                                28e6473f-423d-87c1-8670-fffcab05eb11
      4  124.0 MiB  24.0 MiB  root-a  ext4     root    2385ea1c-e872-8283-86fe-9f7d8f144f2f  941c2a5b-e29b-878f-99a0-0a133e280923
      5  148.0 MiB  24.0 MiB  root-b  nothing                                                6f3542aa-0590-86ec-9be2-1e27e544d9f6
      6  172.0 MiB  16.0 MiB  shared  ext4     shared  212a3cd4-6c61-8b4a-a8b9-86dc3126b8c9  201cfe13-d495-8d11-bbee-87365d1d23bc

      in the MBR, id bd573243:
         start     size      type  in the GPT
      1  4.0 MiB   40.0 MiB  0x0c  1 (common)
      2  44.0 MiB  40.0 MiB  0x0c  2 (boot-a)
      3  84.0 MiB  40.0 MiB  0x0c  3 (boot-b)

      boot:    partition 2 (boot-a), says autoboot.txt
      tryboot: partition 3 (boot-b)
      system:  partition 2 (boot-a), root=PARTUUID=941c2a5b-e29b-878f-99a0-0a133e280923, partition 4 (root-a)"
    `);
  });

  it("says the same as one JSON document", async () => {
    const { stdout } = await rig.pibuild(["inspect", "ab.img", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      path: "ab.img",
      table: { kind: "gpt-hybrid", problems: [] },
      partitions: [
        { name: "common" },
        {},
        { blank: true },
        { filesystem: { type: "ext4" } },
        {},
        {},
      ],
      slots: [{ boot: 2, rootNumber: 4 }],
      boot: { from: "autoboot.txt", partition: 2, autoboot: { tryboot: 3, abUpdate: true } },
    });
  });

  it("says what is wrong with a table", async () => {
    await createExec().run({
      program: "bash",
      args: ["-euc", "head -c 100M ab.img >short.img"],
      cwd: rig.path,
    });
    const { stdout, exitCode } = await rig.pibuild(["inspect", "short.img"]);
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").filter((line) => line.startsWith("problem:"))).toEqual([
      "problem: GPT: the backup copy has a wrong signature",
      ...[3, 4, 5, 6].map((n) => `problem: GPT: partition ${n} ends behind the end of the disk`),
      "problem: MBR: partition 3 ends behind the end of the disk",
    ]);
  });

  it("has one clear sentence for what is no disk", async () => {
    const said = async (path: string) => {
      const { exitCode, stderr } = await rig.pibuild(["inspect", path]);
      expect(exitCode).toBe(2);
      return stderr.split("\n")[0];
    };
    await createExec().run({ program: "xz", args: ["-k", "common/bootcode.bin"], cwd: rig.path });
    expect(await said("nowhere.img")).toContain("nowhere.img` is not there");
    expect(await said("boot")).toContain("boot` is no file and no disk");
    expect(await said("common/bootcode.bin.xz")).toContain("is compressed (xz); unpack it first");
    await writeFile(join(rig.path, "empty"), "");
    expect((await rig.pibuild(["inspect", "empty"])).stdout).toBe("empty: 0 B, no partition table");
  });
});

describe("pibuild verify", () => {
  it("finds a card that holds its image, and one that does not", async () => {
    await createExec().run({ program: "cp", args: ["ab.img", "card"], cwd: rig.path });
    const good = await rig.pibuild(["verify", "card", "ab.img"]);
    expect(good.exitCode, good.stderr).toBe(0);
    expect(good.stderr).toMatch(
      /^card holds ab.img: \d+\.\d MiB compared; partition 6, which slots share, was left out$/,
    );
    await using file = await open(join(rig.path, "card"), "r+");
    await file.write("x", 44 * MiB + 100);
    const bad = await rig.pibuild(["verify", "card", "ab.img"]);
    expect(bad.exitCode).toBe(7);
    expect(bad.stderr).toContain(
      `\`card\` is not \`ab.img\`: 1 block in partition 2 (\`boot-a\`), from byte ${44 * MiB + 100} on`,
    );
    const json = await rig.pibuild(["verify", "card", "ab.img", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ differences: [{ partition: 2, blocks: 1 }] });
  });
});
