import { expect, test } from "vitest";
import { pathBytes, pathText } from "../src/index.ts";

test("a path is put together byte by byte, with one slash between its parts", () => {
  const name = Buffer.from([0x63, 0xe9]);
  const joined = Buffer.concat([Buffer.from("/a/"), name]);
  expect(pathBytes("/a", name)).toEqual(joined);
  expect(pathBytes("/a/", name)).toEqual(joined);
  expect(pathBytes(Buffer.from("/a"), Buffer.concat([Buffer.from("/"), name]))).toEqual(joined);
});

test("a path is shown as it is, and bytes that are no text as bash takes them", () => {
  expect(pathText(Buffer.from("/ü漢"))).toBe("/ü漢");
  expect(pathText(Buffer.from([0x2f, 0x63, 0xe9]))).toBe("/c\\xe9");
});
