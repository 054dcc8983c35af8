import { readFile, writeFile } from "node:fs/promises";
import { createExec } from "@pibuild/core";
import { findFile } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { readAutobootSector } from "../src/apply/autoboot-sector.ts";
import { bytesSource, openSource } from "../src/read/source.ts";
import { commonPartition } from "./apply-rig.ts";
import { createRig, refusalOf } from "./rig.ts";

const it = needs("mkfs.vfat", "mcopy", "bash");
const exec = createExec();

it("finds what mtools wrote into a filesystem of mkfs.vfat, behind many other files", async () => {
  await using rig = await createRig();
  const content = "x".repeat(512);
  await writeFile(rig.path("autoboot.txt"), content);
  const script = `truncate -s 64M common; mkfs.vfat --invariant -F 32 -s 1 -n COMMON common >/dev/null
    for i in $(seq 40); do echo $i > "a-long-name-$i.txt"; done
    mcopy -i common a-long-name-*.txt ::; mcopy -i common autoboot.txt ::`;
  await exec.run({ program: "bash", args: ["-euc", script], cwd: rig.directory });
  const volume = await readFile(rig.path("common"));
  await using source = await openSource({ path: rig.path("common") });
  const place = await findFile(source, "AUTOBOOT.TXT");
  expect(place?.size).toBe(512);
  const { offset = 0 } = place ?? {};
  expect(volume.toString("latin1", offset, offset + 512)).toBe(content);
  expect(await findFile(source, "NOTHERE.TXT")).toBeUndefined();
});

test("what is no FAT32, or one whose chain is a loop, has no file", async () => {
  const empty = bytesSource(Buffer.alloc(4096), "boot-b");
  expect(await findFile(empty, "AUTOBOOT.TXT")).toBeUndefined();
  const loop = commonPartition("a");
  loop.write("OTHERTXTXXX", 4 * 512 + 32, "latin1");
  loop.fill(0xe5, 4 * 512 + 64, 5 * 512);
  loop.writeUInt32LE(2, 2 * 512 + 8);
  expect(await findFile(bytesSource(loop), "AUTOBOOT.TXT")).toBeUndefined();
});

test("an autoboot.txt of more than a sector is not touched", async () => {
  const common = commonPartition("a");
  common.writeUInt32LE(513, 4 * 512 + 32 + 28);
  expect(await refusalOf(readAutobootSector(bytesSource(common)))).toBe("slot");
});
