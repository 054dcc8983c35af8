import { mkdir, mkdtemp, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "@pibuild/core";
import { expect, onTestFinished, test } from "vitest";
import { watchWriting } from "../src/targets/watch-writing.ts";

test("what is written of a target's files is counted, and of those beside them, but no holes", async () => {
  const output = await mkdtemp(join(tmpdir(), "pibuild writing-"));
  onTestFinished(() => removeTree(output));
  const bytes = Buffer.alloc(8192, "x");
  await writeFile(join(output, "other.img"), bytes);
  await writeFile(join(output, "pi.img.0123456789ab.part"), bytes);
  await truncate(join(output, "pi.img.0123456789ab.part"), 1024 ** 3);
  await mkdir(join(output, "pi.img.xz.0123456789ab.part"));
  await writeFile(join(output, "pi.img.xz.0123456789ab.part", "image.xz"), bytes);
  const seen = (names: readonly string[]) =>
    new Promise<number>((resolve) => {
      const watch = watchWriting(output, names, resolve);
      onTestFinished(() => watch[Symbol.dispose]());
    });
  expect(await seen(["pi.img"])).toBe(8192);
  expect(await seen(["pi.img", "pi.img.xz"])).toBe(8192 + (await seen(["pi.img.xz"])));
});
