import { readFile } from "node:fs/promises";
import { formatAutoboot, parseAutoboot, tableKinds } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { describe, expect } from "vitest";
import { partuuids } from "../src/ids/partuuids.ts";
import { partitionOf } from "../src/layout/disk-plan.ts";
import { renumbered } from "../src/layout/numbering.ts";
import { openDisk } from "../src/read/disk-reader.ts";
import { readSlotCmdline } from "../src/slots/slot-cmdline.ts";
import { abSeed, abSizes, cmdline, createAbRig } from "./ab-rig.ts";
import { diskTools, exec, MiB, readBytes } from "./rig.ts";

const it = needs(...diskTools, "sfdisk", "sgdisk", "mtype", "bash");

interface SfdiskTable {
  label: string;
  id: string;
  /** The first and the last sector that a GPT lets partitions have. */
  firstlba?: number;
  lastlba?: number;
  partitions: {
    node: string;
    start: number;
    size: number;
    type: string;
    name?: string;
    uuid?: string;
  }[];
}

async function sfdisk(output: string): Promise<SfdiskTable> {
  const { stdout } = await exec.run({ program: "sfdisk", args: ["-J", output] });
  return (JSON.parse(stdout) as { partitiontable: SfdiskTable }).partitiontable;
}

for (const table of tableKinds) {
  describe(`an A/B disk with a ${table} table`, () => {
    it("is what was planned, to programs that others wrote", async () => {
      await using rig = await createAbRig(table);
      const { plan } = await rig.assemble();
      const read = await sfdisk(rig.output);
      expect(read.label).toBe(table === "mbr" ? "dos" : "gpt");
      const seen = read.partitions
        .filter(({ type }) => type !== "5")
        .map(({ node, start, size }) => [Number(node.replace(rig.output, "")), start, size]);
      expect(seen).toEqual(
        plan.partitions.map((one) => [one.number, one.startBytes / 512, one.sizeBytes / 512]),
      );
      const { stdout } = await exec.run({ program: "sgdisk", args: ["-v", rig.output] });
      expect(stdout).toContain("No problems found");
      if (table === "mbr") {
        const types = read.partitions.map(({ type }) => type);
        expect(types).toEqual(["c", "c", "c", "5", "83", "83", "83"]);
      } else {
        expect([read.firstlba, read.lastlba]).toEqual([34, plan.sizeBytes / 512 - 34]);
        const roles = rig.layout.partitions.map(({ role }) => role);
        expect(read.partitions.map(({ name }) => name)).toEqual(roles);
      }
    });

    it("names its partitions by the ids that were known before", async () => {
      await using rig = await createAbRig(table);
      const { plan } = await rig.assemble();
      const { id, partitions } = await sfdisk(rig.output);
      const ids = Object.values(partuuids(rig.layout, abSeed));
      const found =
        table === "mbr"
          ? plan.partitions.map(({ number }) => `${id.slice(2)}-0${number}`)
          : partitions.map(({ uuid }) => uuid?.toLowerCase());
      expect(found).toEqual(ids);
    });

    it("has sound filesystems in slot A, none in slot B, and an empty one to share", async () => {
      await using rig = await createAbRig(table);
      const { plan } = await rig.assemble();
      const image = await readFile(rig.output);
      for (const { spec, startBytes, sizeBytes } of plan.partitions) {
        if (typeof spec.content !== "string") {
          const slot = image.subarray(startBytes, startBytes + sizeBytes);
          expect(
            slot.every((byte) => byte === 0),
            spec.role,
          ).toBe(true);
          continue;
        }
        const [program, args] =
          spec.filesystem === "ext4"
            ? (["fsck.ext4", ["-fn"]] as const)
            : (["fsck.vfat", ["-n"]] as const);
        await exec.run({ program, args: [...args, await rig.extract(startBytes, sizeBytes)] });
      }
      const shared = partitionOf(plan, "shared").startBytes;
      const names = (await rig.debugfs("ls -p /", shared)).split("\n").filter((line) => line);
      expect(names.map((line) => line.split("/")[5])).toEqual([".", "..", "lost+found"]);
    });

    it("starts slot A, as its autoboot.txt says by the numbers that the firmware counts", async () => {
      await using rig = await createAbRig(table);
      const { plan } = await rig.assemble();
      const at = `${rig.output}@@${partitionOf(plan, "common").startBytes}`;
      const { stdout } = await exec.run({
        program: "mtype",
        args: ["-i", at, "::autoboot.txt"],
        env: { MTOOLS_SKIP_CHECK: "1" },
      });
      const { boot, tryboot } = parseAutoboot(Buffer.from(stdout));
      expect(boot).toBe(partitionOf(plan, "boot-a").number);
      expect(tryboot).toBe(partitionOf(plan, "boot-b").number);
    });

    it("can be given both slots, which differ in one sector only", async () => {
      await using rig = await createAbRig(table);
      const { plan } = await rig.assemble({ populateBoth: true });
      await using disk = await openDisk(rig.output);
      const { offsetBytes, a, b } = await readSlotCmdline(disk, plan, abSeed);
      const ids = partuuids(rig.layout, abSeed);
      expect(a.toString()).toBe(cmdline(rig.layout));
      expect(b.toString()).toBe(cmdline(rig.layout).replace(ids["root-a"], ids["root-b"]));
      const part = async (role: "boot-a" | "boot-b" | "root-a" | "root-b") => {
        const { startBytes, sizeBytes } = partitionOf(plan, role);
        return await readBytes(rig.output, startBytes, sizeBytes);
      };
      expect((await part("root-b")).equals(await part("root-a"))).toBe(true);
      const bootA = await part("boot-a");
      const bootB = await part("boot-b");
      expect(bootB.subarray(offsetBytes, offsetBytes + 512).equals(b)).toBe(true);
      b.copy(bootA, offsetBytes);
      expect(bootB.equals(bootA)).toBe(true);
    });
  });
}

it("the filesystems of a slot do not depend on the table", async () => {
  const slots = [];
  for (const table of tableKinds) {
    await using rig = await createAbRig(table);
    await rig.write({ "boot/cmdline.txt": cmdline(rig.layout) });
    const { plan } = await rig.assemble();
    const { startBytes, sizeBytes } = partitionOf(plan, "root-a");
    slots.push(await readBytes(rig.output, startBytes, sizeBytes));
  }
  expect(slots[1]?.equals(slots[0] ?? Buffer.alloc(0))).toBe(true);
  expect(slots[2]?.equals(slots[0] ?? Buffer.alloc(0))).toBe(true);
});

it("a hybrid's MBR has the FAT partitions under their own numbers, and the GPT's entry last", async () => {
  await using rig = await createAbRig();
  const { plan } = await rig.assemble();
  const sector = await readBytes(rig.output, 0, 512);
  const entries = [0, 1, 2, 3].map((index) => {
    const at = 446 + index * 16;
    return [sector[at + 4], sector.readUInt32LE(at + 8), sector.readUInt32LE(at + 12)];
  });
  const mirrored = plan.partitions
    .slice(0, 3)
    .map(({ startBytes, sizeBytes }) => [0x0c, startBytes / 512, sizeBytes / 512]);
  expect(entries).toEqual([...mirrored, [0xee, 1, 8191]]);
});

it("autoboot.txt is one sector that is replaced by one write", async () => {
  await using rig = await createAbRig();
  await rig.assemble();
  const image = await readFile(rig.output);
  const at = image.indexOf(formatAutoboot({ boot: 2, tryboot: 3 }));
  expect(at % 512).toBe(0);
  formatAutoboot({ boot: 3, tryboot: 2 }).copy(image, at);
  const common = image.subarray(4 * MiB, 44 * MiB);
  await rig.write({ "common.img": common });
  await exec.run({ program: "fsck.vfat", args: ["-n", `${rig.path}/common.img`] });
});

it("autoboot.txt is its whole cluster in a larger partition, too", async () => {
  await using rig = await createAbRig();
  const { plan } = await rig.assemble({ sizes: { ...abSizes, common: 160 * MiB } });
  const { startBytes } = partitionOf(plan, "common");
  expect((await readBytes(rig.output, startBytes, 512)).readUInt8(13)).toBe(1);
});

it("six partitions in an MBR are renumbered from the fourth on, and in a GPT not", async () => {
  await using mbr = await createAbRig("mbr");
  await using gpt = await createAbRig("gpt");
  expect(renumbered(mbr.layout)).toEqual([
    { role: "root-a", position: 4, number: 5 },
    { role: "root-b", position: 5, number: 6 },
    { role: "shared", position: 6, number: 7 },
  ]);
  expect(renumbered(gpt.layout)).toEqual([]);
});
