import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "@pibuild/core";
import type { Board } from "@pibuild/pi-boot";
import { expect, onTestFinished, test } from "vitest";
import { diskNotices } from "../src/notices/disk-notices.ts";

interface Facts {
  readonly board?: Board;
  /** What depmod lists. */
  readonly modules?: string;
}

async function noticesOf(
  files: readonly string[],
  { board, modules }: Facts = {},
): Promise<string[]> {
  const tree = await mkdtemp(join(tmpdir(), "pibuild tree-"));
  onTestFinished(() => removeTree(tree));
  const boot = join(tree, "firmware of slot A");
  await mkdir(boot);
  await mkdir(join(tree, "boot"));
  for (const file of files) await writeFile(join(tree, file), "");
  if (modules !== undefined) {
    await mkdir(join(tree, "usr/lib/modules/6.12"), { recursive: true });
    await writeFile(join(tree, "usr/lib/modules/6.12/modules.dep"), modules);
  }
  const image = { name: "pi", disk: board === undefined ? {} : { board } };
  return (await diskNotices(image, { tree, boot })).map(({ message }) => message);
}

test("a kernel of each kind is as it should be", async () => {
  const kernels = ["vmlinuz-6.12.34+rpt-rpi-v8", "vmlinuz-6.12.34+rpt-rpi-2712", "config-6.12"];
  expect(await noticesOf(kernels.map((name) => `boot/${name}`))).toEqual([]);
});

test("two kernels of one kind are told with their versions", async () => {
  const [message] = await noticesOf(["boot/vmlinuz-6.1.0-49-arm64", "boot/vmlinuz-6.1.0-50-arm64"]);
  expect(message).toContain("2 kernels of one kind (6.1.0-49, 6.1.0-50 arm64)");
});

test("an image of the stand-in's packages is told from a real one", async () => {
  expect(await noticesOf(["firmware of slot A/stand-in.txt"])).toEqual([
    expect.stringContaining("come from a stand-in for Raspberry Pi's archive"),
  ]);
});

test("a kernel that cannot read the card of the board is told, where it is known what it can", async () => {
  const modules =
    "kernel/drivers/mmc/host/sdhci-iproc.ko.xz: kernel/drivers/mmc/host/sdhci.ko.xz\n";
  expect(await noticesOf([], { board: "pi4", modules })).toEqual([]);
  expect(await noticesOf([], { modules })).toEqual([]);
  expect(await noticesOf([], { board: "pi5" })).toEqual([]);
  expect(await noticesOf([], { board: "pi5", modules })).toEqual([
    "the kernel of `pi` cannot read the card of a Raspberry Pi 5, 500: it has no `sdhci-brcmstb`",
  ]);
});
