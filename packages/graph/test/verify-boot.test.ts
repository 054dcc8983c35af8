import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "@pibuild/core";
import type { Board } from "@pibuild/pi-boot";
import { expect, onTestFinished, test } from "vitest";
import { verifyBoot } from "../src/targets/verify-boot.ts";

const zero = {
  ...{ "bootcode.bin": "x", "start.elf": "x", "kernel8.img": "x" },
  ...{ "bcm2710-rpi-zero-2-w.dtb": "x", "config.txt": "arm_64bit=1\n" },
};
const without = (files: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(files).filter(([each]) => each !== name));

/** What is wrong with a boot partition of these files; undefined where nothing is. */
async function problem(
  files: Readonly<Record<string, string>>,
  board?: Board,
): Promise<string | undefined> {
  const boot = await mkdtemp(join(tmpdir(), "pibuild boot-"));
  onTestFinished(() => removeTree(boot));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(boot, name, ".."), { recursive: true });
    await writeFile(join(boot, name), text);
  }
  const disk = { layout: "standard" as const, ...(board === undefined ? {} : { board }) };
  return verifyBoot(boot, { name: "pi", disk }).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

test("what Raspberry Pi OS has on it starts a Zero 2 W", async () => {
  expect(await problem(zero, "zero2w")).toBeUndefined();
});

test.for([
  ["kernel8.img", "has no kernel: `kernel8.img`"],
  ["bootcode.bin", "has no `bootcode.bin`, with which zero2w starts"],
  ["bcm2710-rpi-zero-2-w.dtb", "has no device tree of zero2w"],
] as const)("without %s it does not", async ([name, words]) => {
  expect(await problem(without(zero, name), "zero2w")).toContain(words);
});

test("an empty kernel is none", async () => {
  expect(await problem({ ...zero, "kernel8.img": "" }, "zero2w")).toContain("has no kernel");
});

test("a kernel, initramfs and tree that config.txt names have to be there, under its prefix", async () => {
  const config = "[pi02]\nkernel=vmlinuz\ninitramfs initrd followkernel\n[pi4]\nkernel=other\n";
  const named = { ...without(zero, "kernel8.img"), "config.txt": config };
  expect(await problem(named, "zero2w")).toContain("has no kernel: `vmlinuz`");
  const kernel = { ...named, vmlinuz: "x" };
  expect(await problem(kernel, "zero2w")).toContain(
    "`initrd`, which config.txt names as initramfs",
  );
  expect(await problem({ ...kernel, initrd: "x" }, "zero2w")).toBeUndefined();
  const prefixed = { ...kernel, initrd: "x", "config.txt": `${config}[all]\nos_prefix=new/\n` };
  expect(await problem(prefixed, "zero2w"), "an idle prefix").toBeUndefined();
  const moved = { ...prefixed, "new/vmlinuz": "x", "new/bcm2710-rpi-zero-2-w.dtb": "x" };
  expect(await problem(moved, "zero2w")).toContain("`new/initrd`");
  expect(await problem({ ...moved, "new/initrd": "x" }, "zero2w")).toBeUndefined();
  const absolute = { ...kernel, "config.txt": "kernel=/vmlinuz\ninitramfs a,b followkernel\n" };
  expect(await problem(absolute, "zero2w")).toContain("`a`");
  expect(await problem({ ...absolute, a: "x", b: "x" }, "zero2w")).toBeUndefined();
  const other = { ...zero, "config.txt": "arm_64bit=1\ndevice_tree=mine.dtb\n" };
  expect(await problem(other, "zero2w")).toContain("has no `mine.dtb`");
  const bare = { ...without(zero, "bcm2710-rpi-zero-2-w.dtb") };
  const none = { ...bare, "config.txt": "arm_64bit=1\ndevice_tree=\n" };
  expect(await problem(none, "zero2w")).toBeUndefined();
});

test("a root that nobody named, and a loader of another name", async () => {
  for (const root of ["ROOTDEV", "PARTUUID=-02"])
    expect(
      await problem({ ...zero, "cmdline.txt": `root=${root} rootwait\n` }, "zero2w"),
    ).toContain(`still says \`${root}\``);
  const uefi = { ...without(zero, "kernel8.img"), "config.txt": "armstub=RPI_EFI.fd\n" };
  expect(await problem(uefi, "zero2w")).toContain("`RPI_EFI.fd`, the armstub of config.txt");
  expect(await problem({ ...uefi, "RPI_EFI.fd": "x" }, "zero2w")).toBeUndefined();
  const config = "arm_64bit=1\nstart_file=start_x.elf\n";
  const started = { ...without(zero, "start.elf"), "config.txt": config };
  expect(await problem(started, "zero2w")).toContain("has no `start_x.elf`, with which zero2w");
  expect(await problem({ ...started, "start_x.elf": "x" }, "zero2w")).toBeUndefined();
});

test("a kernel of 64 bits that nobody asks for", async () => {
  const narrow = without(zero, "config.txt");
  const caught = await problem(narrow, "zero2w");
  expect(caught).toContain("has no kernel: `kernel7.img`");
  expect(await problem({ ...narrow, "config.txt": "kernel=kernel8.img\n" }, "zero2w")).toBe(
    undefined,
  );
});

test("a command line by another name is the one that is read", async () => {
  const config = "arm_64bit=1\ncmdline=mine.txt\n";
  const files = { ...zero, "config.txt": config, "cmdline.txt": "root=ROOTDEV\n" };
  expect(
    await problem({ ...files, "mine.txt": "root=/dev/mmcblk0p2\n" }, "zero2w"),
  ).toBeUndefined();
  expect(await problem({ ...files, "mine.txt": "root=ROOTDEV\n" }, "zero2w")).toContain(
    "still says `ROOTDEV` in mine.txt",
  );
});

test("each of a board's models has to start", async () => {
  const three = { ...zero, "bcm2710-rpi-3-b.dtb": "x" };
  expect(await problem(three, "pi3")).toBeUndefined();
  const plus = { ...three, "config.txt": "arm_64bit=1\n[pi3+]\nkernel=mine.img\n" };
  expect(await problem(plus, "pi3")).toContain("has no kernel: `mine.img`");
});

test("each board asks for its own, and none asks for one of them", async () => {
  const five = { "kernel_2712.img": "x", "bcm2712-rpi-5-b.dtb": "x", "config.txt": "#" };
  expect(await problem(without(five, "config.txt"), "pi5")).toContain("has no `config.txt`");
  expect(await problem(five, "pi5")).toBeUndefined();
  expect(await problem(five, "cm5")).toContain("has no device tree of cm5");
  expect(await problem({ ...five, "bcm2712-rpi-cm5-cm5io.dtb": "x" }, "cm5")).toBeUndefined();
  expect(await problem(five, "pi4")).toContain("has no `start4.elf`");
  expect(await problem({ ...zero, "start4.elf": "x" }, "pi4")).toContain(
    "has no device tree of pi4",
  );
  expect(await problem(five)).toBeUndefined();
  expect(await problem(zero)).toBeUndefined();
  expect(await problem({})).toContain("has no kernel: `kernel8.img`");
});
