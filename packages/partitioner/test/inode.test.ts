import { expect, test } from "vitest";
import { crc32c } from "../src/ext4/crc32c.ts";
import { clampTimes } from "../src/ext4/inode.ts";

test("crc32c gives the sums of RFC 3720, appendix B.4", () => {
  const inverted = (bytes: Uint8Array) => (crc32c(bytes) ^ 0xffffffff) >>> 0;
  expect(inverted(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(inverted(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(inverted(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
});

test("fractions of a second, which only newer mke2fs copies, are dropped", () => {
  const inode = Buffer.alloc(256, 0xff);
  inode.writeUInt16LE(32, 0x80);
  clampTimes(inode, 1_700_000_000);
  expect(inode.subarray(0x84, 0x90).every((byte) => byte === 0)).toBe(true);
  expect(inode.readUInt32LE(0x90)).toBe(1_700_000_000);
  expect(inode.readUInt32LE(0x94)).toBe(0);
});

test("an inode without room for fractions keeps what lies behind it", () => {
  const inode = Buffer.alloc(256, 0xff);
  inode.writeUInt16LE(4, 0x80);
  clampTimes(inode, 1_700_000_000);
  expect(inode.subarray(0x84).every((byte) => byte === 0xff)).toBe(true);
});
