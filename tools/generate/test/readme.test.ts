import { expect, test } from "vitest";
import { pages, proseOf } from "./pages.ts";

test("the README has 800 words at most, code not counted", () => {
  // A word has a letter or a digit: the lines and dashes of tables are none.
  const words = proseOf("README.md")
    .replace(/\]\([^)]*\)/g, "]")
    .split(/\s+/)
    .filter((text) => /[\p{L}\p{N}]/u.test(text));
  expect(words.length).toBeLessThanOrEqual(800);
});

test("the README names every page that stands directly in docs", () => {
  const readme = proseOf("README.md");
  const top = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page));
  // What these are about has a page of its own, which leads to them.
  const behind = ["docs/kn86.md", "docs/kn86fw.md"];
  expect(top.filter((page) => !behind.includes(page) && !readme.includes(`(${page})`))).toEqual([]);
});
