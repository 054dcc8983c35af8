import { expect, test } from "vitest";
import { bufferDisk } from "../src/read/disk-reader.ts";
import { readFilesystem } from "../src/read/read-filesystem.ts";

const id = "0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9";
const idBytes = Buffer.from(id.replaceAll("-", ""), "hex");
const wide = (text: string) => Buffer.from(text, "utf16le");

/** Where the formats have their fields, by their own descriptions: [offset, bytes]. */
test.each<[string, (readonly [number, string | Buffer])[], object]>([
  ["squashfs", [[0, "hsqs"]], {}],
  [
    "erofs",
    [
      [1024, Buffer.from("e2e1f5e0", "hex")],
      [1024 + 48, idBytes],
      [1024 + 64, "system"],
    ],
    { label: "system", id },
  ],
  [
    "btrfs",
    [
      [0x1_0040, "_BHRfS_M"],
      [0x1_0020, idBytes],
      [0x1_012b, "über\0rest"],
    ],
    { label: "über", id },
  ],
  [
    "xfs",
    [
      [0, "XFSB"],
      [32, idBytes],
      [108, "writable1234"],
    ],
    { label: "writable1234", id },
  ],
  [
    "f2fs",
    [
      [1024, Buffer.from("1020f5f2", "hex")],
      [1024 + 108, idBytes],
      [1024 + 124, wide("data\0")],
    ],
    { label: "data", id },
  ],
  [
    "luks",
    [
      [0, Buffer.from("4c554b53babe0002", "hex")],
      [24, "vault"],
      [168, `${id}\0`],
    ],
    { label: "vault", id },
  ],
  [
    "luks",
    [
      [0, Buffer.from("4c554b53babe0001", "hex")],
      [8, "aes"],
      [40, "xts-plain64"],
      [168, `${id}\0`],
    ],
    { id },
  ],
  [
    "lvm",
    [
      [512, "LABELONE"],
      [512 + 24, "LVM2 001"],
    ],
    {},
  ],
  ["exfat", [[3, "EXFAT   "]], {}],
  ["ntfs", [[3, "NTFS    "]], {}],
  [
    "swap",
    [
      [4086, "SWAPSPACE2"],
      [1024 + 12, idBytes],
      [1024 + 28, "swap\x1b[2J"],
    ],
    { label: "swap?[2J", id },
  ],
  ["swap", [[16_374, "SWAPSPACE2"]], {}],
])("%s is told by its first block", async (type, fields, said) => {
  const bytes = Buffer.alloc(0x1_0000 + 4096);
  for (const [at, value] of fields) bytes.set(Buffer.from(value as Buffer), at);
  const read = (start: number, disk: Buffer) =>
    readFilesystem(bufferDisk(disk), start, disk.length - start);
  expect(await read(0, bytes)).toEqual({ type, ...said });
  expect(await read(512, Buffer.concat([Buffer.alloc(512), bytes]))).toEqual({ type, ...said });
  // A disk that ends in the middle of the block has no more to tell.
  const [magicAt = 0] = fields[0] ?? [];
  expect(await read(0, bytes.subarray(0, magicAt + 1))).toBeUndefined();
});
