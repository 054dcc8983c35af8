import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { ext4Content } from "../src/ext4/content.ts";
import { scanTree } from "../src/tree/scan-tree.ts";
import { createRig } from "./rig.ts";

const it = needs("bash");

it("a scan lists siblings in byte order and each file with hard links once as the first", async () => {
  await using rig = await createRig();
  const names = Array.from({ length: 40 }, (_, index) => `f${(index * 17) % 40}`);
  await rig.write(Object.fromEntries(names.map((name) => [`boot/${name}`, name])));
  await rig.shell("ln boot/f7 boot/twin; ln -s f7 boot/zlink");
  const entries = await scanTree(rig.boot, { role: "boot" });
  const found = entries.map(({ path }) => path.toString());
  expect(found).toEqual([...names, "twin", "zlink"].sort());
  expect(entries.filter(({ first }) => !first).map(({ path }) => String(path))).toEqual(["twin"]);
  expect(entries.at(-1)).toMatchObject({ kind: "symlink", bytes: 2, first: true });
});

it("the room that a tree needs in ext4 counts blocks of each file once, links and names", async () => {
  await using rig = await createRig();
  await rig.write({ "boot/a": "x", "boot/empty": "", "boot/two": "x".repeat(4097) });
  await rig.shell(
    `ln boot/a boot/b; ln -s ${"l".repeat(59)} boot/fast; ln -s ${"l".repeat(60)} boot/slow`,
  );
  const entries = await scanTree(rig.boot, { role: "root" });
  // The root directory's block, one for `a`, two for `two`, one for `slow`.
  expect(ext4Content(entries)).toEqual({ bytes: 5 * 4096, inodes: 6 });
});
