import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { hostDirectories } from "@pibuild/host";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished, type TestContext } from "vitest";

const step = join(import.meta.dirname, "../../../stages/kn86-firmware/00-overlays");
const exec = createExec();
const tree = "bcm2837-rpi-zero-2-w.dtb";
const overlays = ["kn86-oled", "kn86-uart", "kn86-usb"];

const withTools = needs("bash", "dtc", "fdtget", "fdtoverlay", "dpkg-deb");

/** Runs the step, twice, on a tree whose boot partition holds the kernel's own device tree. */
async function bootPartition({ skip }: TestContext): Promise<string> {
  kernelTree ??= readKernelTree();
  const kernel = await kernelTree;
  if (kernel === undefined) return skip("not here: Debian's arm64 kernel, downloaded");
  const directory = await scratch();
  const boot = join(directory, "boot/firmware");
  await mkdir(boot, { recursive: true });
  await mkdir(join(directory, "etc/default"), { recursive: true });
  await writeFile(join(directory, "etc/default/raspi-firmware"), "");
  await writeFile(join(boot, tree), kernel);
  await writeFile(join(boot, "config.txt"), "arm_64bit=1\n");
  for (let times = 0; times < 2; times++) {
    await exec.run({
      program: "bash",
      args: ["-e", "00-run.sh"],
      cwd: step,
      env: { ROOTFS_DIR: directory },
    });
  }
  return boot;
}

let kernelTree: Promise<Buffer | undefined> | undefined;

/** From the packages that builds have downloaded. */
async function readKernelTree(): Promise<Buffer | undefined> {
  const cache = join(hostDirectories().packages, "bookworm-arm64");
  const names = await readdir(cache).catch(() => []);
  const kernel = names.find((name) => /^linux-image-[0-9][^_]*-arm64_/.test(name));
  if (kernel === undefined) return undefined;
  const directory = await scratch();
  await exec.run({ program: "dpkg-deb", args: ["--extract", join(cache, kernel), directory] });
  const files = await readdir(directory, { recursive: true });
  return readFile(join(directory, files.find((name) => name.endsWith(`/${tree}`)) ?? tree));
}

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "kn86 overlays-"));
  onTestFinished(() => removeTree(directory));
  return directory;
}

withTools("each overlay, and all of them, fit the kernel's own tree", async (context) => {
  const boot = await bootPartition(context);
  const overlay = (name: string) => join(boot, "overlays", `${name}.dtbo`);
  for (const name of overlays) {
    await exec.run({
      program: "fdtoverlay",
      args: ["-i", join(boot, tree), "-o", join(boot, `${name}.dtb`), overlay(name)],
    });
  }
  const merged = join(boot, "merged.dtb");
  await exec.run({
    program: "fdtoverlay",
    args: ["-i", join(boot, tree), "-o", merged, ...overlays.map(overlay)],
  });
  const get = async (node: string, property: string, type = "s") => {
    const args = ["-t", type, merged, node, property];
    return (await exec.run({ program: "fdtget", args })).stdout;
  };
  const display = "/soc/spi@7e204000/display@0";
  expect(await get("/soc/spi@7e204000", "status")).toBe("okay");
  expect(await get(display, "compatible")).toBe("solomon,ssd1322");
  const gpio = await get("/soc/gpio@7e200000", "phandle", "u");
  expect(await get(display, "dc-gpios", "u")).toBe(`${gpio} 24 0`);
  expect(await get(display, "reset-gpios", "u")).toBe(`${gpio} 25 1`);
  const pins = await get("/soc/gpio@7e200000/kn86-uart", "phandle", "u");
  expect(await get("/soc/serial@7e201000", "pinctrl-0", "u")).toBe(pins);
  expect(await get("/soc/gpio@7e200000/kn86-uart", "brcm,pins", "u")).toBe("14 15");
  expect(await get("/soc/serial@7e201000/bluetooth", "status")).toBe("disabled");
  expect(await get("/soc/serial@7e215040", "status")).toBe("disabled");
  expect(await get("/soc/usb@7e980000", "dr_mode")).toBe("host");
  expect(await get("/soc/usb@7e980000/hub@1/cartridge@1", "reg", "u")).toBe("1");
});

withTools(
  "config.txt loads each overlay that is there, once, whatever writes it",
  async (context) => {
    const boot = await bootPartition(context);
    const compiled = (await readdir(join(boot, "overlays"))).sort();
    expect(compiled).toEqual(overlays.map((name) => `${name}.dtbo`));
    const settings = await readFile(join(boot, "kn86.txt"), "utf8");
    const loaded = [...settings.matchAll(/^dtoverlay=(.*)$/gm)].map(([, name]) => name);
    expect(loaded.sort()).toEqual(overlays);
    const config = await readFile(join(boot, "config.txt"), "utf8");
    expect(config.match(/^include kn86\.txt$/gm)).toHaveLength(1);
    const additions = join(boot, "../../etc/default/raspi-firmware-custom");
    expect(await readFile(additions, "utf8")).toBe("include kn86.txt\n");
  },
);
