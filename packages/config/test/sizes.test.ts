import { parseSize } from "@pibuild/core";
import { expect, test } from "vitest";

test.each([
  ["512MiB", 512 * 1024 ** 2],
  ["1.5 GiB", 1.5 * 1024 ** 3],
  ["8GB", 8e9],
  ["1KB", 1000],
  ["0B", 0],
  [4096, 4096],
  ["4096", 4096],
])("%s is %d bytes", (size, bytes) => {
  expect(parseSize(size)).toBe(bytes);
});

test.each(["", "MiB", "-1MiB", "1 TiBs", "1e3", "0.3B", "1  MiB", "1mib", Number.NaN, -1])(
  "%s is no size",
  (size) => {
    expect(parseSize(size)).toBeUndefined();
  },
);
