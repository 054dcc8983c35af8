import { createRig } from "@pibuild/test-kit";
import { expect, test } from "vitest";

async function plan(disk: string): Promise<{ exitCode: number; stderr: string }> {
  await using rig = await createRig();
  await rig.write({
    "apps/t/image.yaml": `stages: [stages/one]\ndisk: ${disk}\n`,
    "stages/one/.keep": "",
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
    "stages/slots/.keep": "",
  });
  return await rig.pibuild(["plan", "t", "--venue", "native"]);
}

test("a boot partition that no FAT32 fits into is refused with its place before anything runs", async () => {
  const { exitCode, stderr } = await plan("{ boot_size: 2MiB }");
  expect(exitCode).toBe(3);
  expect(stderr.trim()).toMatchInlineSnapshot(`
    "error: partition \`boot\`: 4.0 MiB are too small for FAT32, which needs 65525 clusters (about 34 MiB)
      at apps/t/image.yaml:2:20
         disk: { boot_size: 2MiB }
                            ~~~~
    hint: leave it out for Raspberry Pi OS's own 512MiB"
  `);
});

test.each([
  ["{ boot_size: 0 }", 20, "partition `boot`: a size must be a positive whole number"],
  ["{ root_size: 0 }", 20, "partition `root`: a size must be a positive whole number"],
  ["{ boot_size: 3000GiB }", 20, "an MBR can describe 2.0 TiB"],
  ["{ size: 300MiB }", 15, "leaves no room for `root`"],
  ["{ size: 1000000001 }", 15, "no whole number of sectors"],
  ["{ layout: ab6, size: 1GiB }", 28, "leaves no room for `root-a` and `root-b`"],
])("a disk of %s is refused at its key", async (disk, column, words) => {
  const { exitCode, stderr } = await plan(disk);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(words);
  expect(stderr).toContain(`at apps/t/image.yaml:2:${column}`);
});

test.each(["{}", "{ layout: ab6 }", "{ boot_size: 36MiB }", "{ root_free: 0 }", "{ size: 1GiB }"])(
  "a disk of %s is planned",
  async (disk) => {
    expect(await plan(disk)).toMatchObject({ exitCode: 0 });
  },
);
