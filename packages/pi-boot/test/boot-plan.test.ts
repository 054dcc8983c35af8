import { type BootPlan, models, planBoot } from "@pibuild/pi-boot";
import { describe, expect, test } from "vitest";
import { memoryVolume } from "./memory-volume.ts";

interface Boot {
  readonly model?: string;
  readonly partition?: number;
  readonly tryboot?: boolean;
  readonly abUpdate?: boolean;
}

/** What a model starts from these files; those given as a list hold something. */
function plan(
  files: Readonly<Record<string, string>>,
  others: readonly string[] = [],
  { model = "pi4", partition = 1, tryboot = false, abUpdate = true }: Boot = {},
): Promise<BootPlan> {
  const found = models.find(({ name }) => name === model);
  if (found === undefined) throw new Error(model);
  const filled = Object.fromEntries(others.map((name) => [name, "x"]));
  return planBoot(
    memoryVolume({ ...filled, ...files }),
    { model: found, partition, tryboot },
    abUpdate,
  );
}

const paths = ({ kernel, initramfs, cmdline, prefix }: BootPlan) => ({
  kernel: kernel.path,
  initramfs: initramfs.map(({ path }) => path),
  cmdline: cmdline.path,
  prefix,
});

describe("Raspberry Pi OS", () => {
  const config = "auto_initramfs=1\narm_64bit=1\narm_boost=1\n\n[cm4]\notg_mode=1\n[all]\n";
  const files = [
    ...["kernel8.img", "kernel_2712.img", "initramfs8", "initramfs_2712", "cmdline.txt"],
    ...["bcm2711-rpi-4-b.dtb", "bcm2712-rpi-5-b.dtb", "bcm2710-rpi-3-b.dtb"],
  ];
  test.each([
    ["pi3", "kernel8.img", "initramfs8", "bcm2710-rpi-3-b.dtb"],
    ["pi4", "kernel8.img", "initramfs8", "bcm2711-rpi-4-b.dtb"],
    ["pi5", "kernel_2712.img", "initramfs_2712", "bcm2712-rpi-5-b.dtb"],
  ])("starts %s with %s", async (model, kernel, initramfs, tree) => {
    const found = await plan({ "config.txt": config }, files, { model });
    expect(paths(found)).toEqual({
      kernel,
      initramfs: [initramfs],
      cmdline: "cmdline.txt",
      prefix: "",
    });
    expect(found.tree).toEqual({ path: tree, found: true });
    expect(found.overlays).toBe("overlays/");
  });

  test("without its own kernel starts a Pi 5 with the common one, and its initramfs", async () => {
    const without = files.filter((name) => name !== "kernel_2712.img");
    const found = await plan({ "config.txt": config }, without, { model: "pi5" });
    expect(paths(found)).toMatchObject({ kernel: "kernel8.img", initramfs: ["initramfs8"] });
  });

  test("has no kernel for the oldest boards", async () => {
    const found = await plan({ "config.txt": config }, files, { model: "pi1" });
    expect(found.kernel).toEqual({ path: "kernel.img", found: false });
    expect(found.tree).toEqual({ found: false });
  });

  test.each([
    ["pi3", "kernel7.img", 0],
    ["pi4", "kernel7l.img", 0],
    ["pi4", "kernel8.img", undefined],
    ["pi02", "kernel7.img", undefined],
    ["pi02", "kernel8.img", 1],
    ["pi5", "kernel_2712.img", 0],
  ])("%s looks for %s where arm_64bit is %s", async (model, kernel, bits) => {
    const text = bits === undefined ? "" : `arm_64bit=${bits}\n`;
    expect((await plan({ "config.txt": text }, [], { model })).kernel.path).toBe(kernel);
  });
});

describe("Ubuntu", () => {
  const config =
    "[all]\nos_prefix=current/\n[tryboot]\nos_prefix=new/\n[all]\nkernel=vmlinuz\ncmdline=cmdline.txt\ninitramfs initrd.img followkernel\n";
  const inside = ["vmlinuz", "initrd.img", "cmdline.txt", "bcm2711-rpi-4-b.dtb", "overlays/README"];
  const current = inside.map((name) => `current/${name}`);
  test("starts what is under its prefix", async () => {
    const found = await plan({ "config.txt": config }, current);
    expect(paths(found)).toEqual({
      kernel: "current/vmlinuz",
      initramfs: ["current/initrd.img"],
      cmdline: "current/cmdline.txt",
      prefix: "current/",
    });
    expect(found.overlays).toBe("current/overlays/");
  });
  test("tries what is under another one", async () => {
    const both = [...current, ...inside.map((name) => `new/${name}`)];
    const found = await plan({ "config.txt": config }, both, { tryboot: true });
    expect(found.prefix).toBe("new/");
    // A new card has nothing to try: the prefix is then ignored.
    expect(paths(await plan({ "config.txt": config }, current, { tryboot: true }))).toMatchObject({
      prefix: "",
      kernel: "vmlinuz",
    });
  });
  test.each(["current/vmlinuz", "current/bcm2711-rpi-4-b.dtb"])(
    "has an idle prefix without %s",
    async (missing) => {
      const found = await plan(
        { "config.txt": config },
        current.filter((one) => one !== missing),
      );
      expect(found.prefix).toBe("");
    },
  );
  test("may leave the command line at the top, and share the overlays", async () => {
    const few = current.filter((name) => !/cmdline|README/.test(name));
    const found = await plan({ "config.txt": config }, [...few, "cmdline.txt"]);
    expect(found).toMatchObject({ prefix: "current/", overlays: "overlays/" });
    expect(found.cmdline).toEqual({ path: "cmdline.txt", found: true });
  });
});

describe("piCore", () => {
  const config =
    "[PI3]\ninitramfs rootfs.gz,modules-v7.gz followkernel\nkernel kernel-v7.img\n[PI4]\ninitramfs rootfs.gz,modules-v8.gz followkernel\nkernel kernel-v8.img\n[ALL]\ncmdline cmdline3.txt\n";
  test("names kernels in capitals and without a sign", async () => {
    expect(paths(await plan({ "config.txt": config }))).toMatchObject({
      kernel: "kernel-v8.img",
      initramfs: ["rootfs.gz", "modules-v8.gz"],
      cmdline: "cmdline3.txt",
    });
  });
});

describe("a config.txt", () => {
  test.each<[string, string, object]>([
    ["counts what comes later", "kernel=a\nkernel=b", { kernel: "b" }],
    [
      "takes ramfsfile and initramfs for one",
      "initramfs a 0\nramfsfile=b,c",
      { initramfs: ["b", "c"] },
    ],
    ["takes ramfsfile and initramfs for one", "ramfsfile=b\ninitramfs a 0", { initramfs: ["a"] }],
    ["knows no `initramfs=`", "initramfs=a", { initramfs: [] }],
    ["ends a line after 98 characters", `cmdline=${"c".repeat(120)}`, { cmdline: "c".repeat(90) }],
    ["has no comment behind a value", "cmdline=a # b", { cmdline: "a # b" }],
    ["takes spaces around the sign for the value", "kernel = a", { kernel: "= a" }],
    ["passes over what it does not know", "nonsense\n=\nkernal=a\n[", { kernel: "kernel8.img" }],
    [
      "names files from the top",
      "os_prefix=a-\nkernel=/k\ndevice_tree=",
      { kernel: "k", prefix: "" },
    ],
    [
      "may have Windows line ends",
      "kernel=a\r\n[all]\r\ncmdline=b\r\n",
      { kernel: "a", cmdline: "b" },
    ],
    [
      "reads no way out of the partition",
      "cmdline=../../etc/passwd",
      { cmdline: "../../etc/passwd" },
    ],
  ])("%s", async (_name, text, expected) => {
    expect(paths(await plan({ "config.txt": text }))).toMatchObject(expected);
  });

  test("includes files where it names them, with the filters of that place", async () => {
    const files = {
      "config.txt": "kernel=a\n[pi4]\ninclude more.txt\ncmdline=never\n[all]\ncmdline=b\n",
      "more.txt": "kernel=b\n[none]\n",
    };
    expect(paths(await plan(files))).toMatchObject({ kernel: "b", cmdline: "b" });
    expect(paths(await plan(files, [], { model: "pi5" }))).toMatchObject({ kernel: "a" });
  });

  test("tells the bootloader nothing from an included file", async () => {
    const files = { "config.txt": "include more.txt\n", "more.txt": "start_x=1\nkernel=a\n" };
    const found = await plan(files, [], { model: "pi3" });
    expect(found.loaders.map(({ path }) => path)).toEqual(["bootcode.bin", "start.elf"]);
    expect(found.kernel.path).toBe("a");
  });

  test("that includes itself ends", async () => {
    const files = { "config.txt": `kernel=a\n${"include config.txt\n".repeat(9)}` };
    expect((await plan(files)).kernel.path).toBe("a");
  });

  test("may use a prefix that is no directory", async () => {
    const files = ["test-kernel8.img", "test-bcm2711-rpi-4-b.dtb", "test-cmdline.txt"];
    const found = await plan({ "config.txt": "os_prefix=test-\n" }, files);
    expect(paths(found)).toMatchObject({
      prefix: "test-",
      kernel: "test-kernel8.img",
      cmdline: "test-cmdline.txt",
    });
  });

  test("asks for upstream's kernel by a prefix of its own", async () => {
    const files = ["upstream/kernel8.img", "upstream/bcm2711-rpi-4-b.dtb"];
    expect((await plan({ "config.txt": "upstream_kernel=1\n" }, files)).prefix).toBe("upstream/");
    const named = "upstream_kernel=1\nos_prefix=\n";
    expect((await plan({ "config.txt": named }, files)).prefix).toBe("");
  });

  test("says what only a board that starts can decide", async () => {
    const text = "[gpio4=1]\nkernel=rescue\ndtparam=spi=on\n[all]\n";
    expect((await plan({ "config.txt": text })).undecided).toEqual([
      { file: "config.txt", line: 2, text: "kernel=rescue", filters: ["gpio4=1"] },
    ]);
  });
});

test.each<[string, string, string[]]>([
  ["pi3", "", ["bootcode.bin", "start.elf"]],
  ["pi3", "start_x=1", ["bootcode.bin", "start_x.elf"]],
  ["pi3", "gpu_mem=16\nstart_x=1", ["bootcode.bin", "start_cd.elf"]],
  ["pi3", "start_file=mine.elf", ["bootcode.bin", "mine.elf"]],
  ["pi4", "", ["start4.elf"]],
  ["cm4", "start_debug=1", ["start4db.elf"]],
  ["pi5", "start_x=1", ["config.txt"]],
])("%s with `%s` loads %s", async (model, text, expected) => {
  const found = await plan({ "config.txt": text }, [], { model });
  expect(found.loaders.map(({ path }) => path)).toEqual(expected);
});

test("a test reads tryboot.txt, unless the slots are partitions", async () => {
  const files = { "config.txt": "kernel=a\n", "tryboot.txt": "kernel=b\n" };
  const trying = { tryboot: true, abUpdate: false };
  expect((await plan(files, [], trying)).kernel.path).toBe("b");
  expect((await plan(files, [], { ...trying, abUpdate: true })).kernel.path).toBe("a");
  expect((await plan({ "config.txt": "kernel=a\n" }, [], trying)).config).toEqual({
    path: "tryboot.txt",
    found: false,
  });
});

test("a ramdisk holds what comes after config.txt, on boards with an EEPROM", async () => {
  const files = { "config.txt": "boot_ramdisk=1\n", "boot.img": "x" };
  expect((await plan(files)).ramdisk).toEqual({ path: "boot.img", found: true });
  expect((await plan(files, [], { model: "pi3" })).ramdisk).toBeUndefined();
});
