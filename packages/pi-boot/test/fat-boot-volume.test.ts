import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { type ByteReader, fatBootVolume, readFatVolume } from "@pibuild/pi-boot";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";

const it = needs("mkfs.vfat", "mcopy", "mmd", "bash");
const script = `
truncate -s "$size" fat; mkfs.vfat -F "$bits" -n BOOT fat >out
mmd -i fat ::current ::current/overlays
printf one >cmdline.txt; printf 'a tree' >bcm2711-rpi-4-b.dtb; head -c 40000 /dev/zero | tr '\\0' z >vmlinuz
for name in $(seq 40); do echo x >"a file with a long name $name"; mcopy -i fat "a file with a long name $name" ::current; done
mcopy -i fat cmdline.txt ::CMDLINE.TXT
mcopy -i fat vmlinuz bcm2711-rpi-4-b.dtb cmdline.txt ::current
mdel -i fat '::current/a file with a long name 7'
touch empty; mcopy -i fat empty ::
`;

for (const [bits, size] of [
  ["12", "2M"],
  ["16", "20M"],
  ["32", "64M"],
] as const) {
  it(`a FAT${bits} gives files by paths of long names, whatever their case`, async () => {
    const path = await mkdtemp(join(tmpdir(), "pi-boot-"));
    await using _gone = { [Symbol.asyncDispose]: () => removeTree(path) };
    const env = { bits, size };
    await createExec().run({ program: "bash", args: ["-euc", script], cwd: path, env });
    const bytes = await readFile(join(path, "fat"));
    const disk: ByteReader = {
      read: async (offset, length) => bytes.subarray(offset, offset + length),
    };
    const volume = await readFatVolume(disk, 0, bytes.length);
    expect(volume?.type).toBe(`fat${bits}`);
    if (volume === undefined) return;
    const files = fatBootVolume(disk, volume);
    const text = async (name: string) => (await files.read(name, 100_000))?.toString();
    expect(await text("cmdline.txt")).toBe("one");
    expect(await text("Current//BCM2711-rpi-4-B.dtb")).toBe("a tree");
    expect(await text("/current/vmlinuz")).toBe("z".repeat(40_000));
    expect(await files.read("current/vmlinuz", 39_999)).toBeUndefined();
    expect(await text("current")).toBeUndefined();
    expect(await text("current/../cmdline.txt")).toBeUndefined();
    expect(await text("vmlinuz/x")).toBeUndefined();
    expect(await text("empty")).toBe("");
    expect([
      await files.has("empty"),
      await files.has("current"),
      await files.has("nothing"),
    ]).toEqual([...[false, false, false]]);
    const names = await files.list("current/");
    expect(names).toContain("a file with a long name 40");
    expect(names).not.toContain("a file with a long name 7");
    expect(names).toContain("bcm2711-rpi-4-b.dtb");
    expect(await files.list("nowhere")).toEqual([]);
  });
}
