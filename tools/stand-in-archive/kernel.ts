import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { buildDeb, controlField, type PackageFile, unpackDeb, writePackage } from "./deb.ts";
import type { Debian } from "./debian.ts";
import { addSymbol, compileTree } from "./device-trees.ts";

/** Raspberry Pi's names of boards, which its firmware asks for first, by kernel.org's. */
const boards = {
  "bcm2837-rpi-3-a-plus": "bcm2710-rpi-3-b-plus",
  "bcm2837-rpi-3-b": "bcm2710-rpi-3-b",
  "bcm2837-rpi-cm3-io3": "bcm2710-rpi-cm3",
  "bcm2837-rpi-zero-2-w": "bcm2710-rpi-zero-2-w",
} as const;

/** What Raspberry Pi's kernel has and Debian's has not: here a tree with a model's name. */
const stubBoards = { "bcm2712-rpi-5-b": "raspberrypi,5-model-b" } as const;

/**
 * A board has random numbers from the beginning, from which its first boot draws the disk's new id. A
 * virtual machine needs a module for that, and Raspberry Pi's first boot comes before udev.
 */
const randomHook: PackageFile = {
  path: "usr/share/initramfs-tools/hooks/stand-in-random",
  mode: 0o755,
  content: `#!/bin/sh -e
[ "$1" != prereqs ] || exit 0
. /usr/share/initramfs-tools/hook-functions
force_load virtio_pci
force_load virtio_rng
`,
};

/** Overlays that pi-gen's config.txt names; here without effect. */
const overlays = ["vc4-kms-v3d", "dwc2", "disable-bt", "miniuart-bt"] as const;

/**
 * Builds Debian's kernel under Raspberry Pi's names, `linux-image-<version>-rpi-v8` with the release
 * `<version>-rpi-v8`, and the packages that depend on it. It boots wherever Debian's does.
 */
export async function buildKernel(
  exec: Exec,
  debian: Debian,
  { scratch, pool }: { scratch: string; pool: string },
): Promise<void> {
  const name = await debian.dependency(`linux-image-${debian.arch}`, /^linux-image-\d/);
  const release = name.slice("linux-image-".length);
  const renamed = release.replace(/-arm64$/, "-rpi-v8");
  const tree = join(scratch, "kernel");
  await unpackDeb(exec, await debian.download(name), tree);
  const version = `1:${await controlField(tree, "Version")}+rpt1`;

  for (const directory of ["boot", "lib/modules", "usr/lib/modules", "usr/lib"])
    await renameEntries(join(tree, directory), release, renamed);
  await patchRelease(join(tree, "boot", `vmlinuz-${renamed}`), release, renamed);
  await nameBoards(exec, join(tree, "usr/lib", `linux-image-${renamed}`), scratch);
  for (const script of ["preinst", "postinst", "prerm", "postrm"]) {
    const path = join(tree, "DEBIAN", script);
    await writeFile(path, (await readFile(path, "utf8")).replaceAll(release, renamed));
  }
  await rm(join(tree, "DEBIAN/md5sums"), { force: true });
  const common = { Architecture: debian.arch, Maintainer: "nobody <nobody@example.invalid>" };
  await writePackage(
    tree,
    {
      ...{ Package: `linux-image-${renamed}`, Version: version, ...common },
      Depends: "kmod, linux-base, initramfs-tools",
      Description: `stand-in for Raspberry Pi's kernel: Debian's ${name}`,
    },
    [randomHook],
  );
  await buildDeb(exec, tree, pool);
  await rm(tree, { recursive: true });

  for (const [meta, depends] of [
    ["linux-image-rpi-v8", `linux-image-${renamed}`],
    ["linux-image-rpi-2712", ""],
    ["linux-headers-rpi-v8", ""],
    ["linux-headers-rpi-2712", ""],
  ] as const) {
    const directory = join(scratch, "meta");
    await writePackage(directory, {
      ...{ Package: meta, Version: version, ...common },
      ...(depends === "" ? {} : { Depends: depends }),
      Description: `stand-in for ${meta}`,
    });
    await buildDeb(exec, directory, pool);
    await rm(directory, { recursive: true });
  }
}

async function renameEntries(directory: string, from: string, to: string): Promise<void> {
  const entries = await readdir(directory).catch(() => []);
  for (const entry of entries.filter((each) => each.endsWith(from)))
    await rename(join(directory, entry), join(directory, entry.slice(0, -from.length) + to));
}

/**
 * Gives an Image another release where it has it in a field of its own (`utsname`): followed by zeros
 * enough for the new one. Modules keep theirs: with CONFIG_MODVERSIONS the kernel compares symbols.
 */
async function patchRelease(path: string, from: string, to: string): Promise<void> {
  const image = await readFile(path);
  const field = Buffer.alloc(65);
  field.write(from);
  let at = image.indexOf(field);
  if (at === -1) throw new Error(`${path} holds no field with the release ${from}`);
  for (; at !== -1; at = image.indexOf(field, at + 1)) {
    image.fill(0, at, at + field.length);
    image.write(to, at);
  }
  await writeFile(path, image);
}

async function nameBoards(exec: Exec, directory: string, scratch: string): Promise<void> {
  const trees = join(directory, "broadcom");
  for (const [theirs, name] of Object.entries(boards)) {
    const from = join(trees, `${theirs}.dtb`);
    const to = join(trees, `${name}.dtb`);
    const copied = await copyFile(from, to).then(
      () => true,
      () => false,
    );
    if (copied) await addSymbol(exec, to, "gpio", "/soc/gpio@7e200000");
  }
  for (const [name, model] of Object.entries(stubBoards)) {
    const source = `/dts-v1/;\n/ { compatible = "${model}"; };\n`;
    await compileTree(exec, { source, scratch, output: join(trees, `${name}.dtb`) });
  }
  const place = join(directory, "overlays");
  await mkdir(place, { recursive: true });
  await writeFile(
    join(place, "README"),
    "Stand-ins for Raspberry Pi's overlays: none has an effect.\n",
  );
  for (const name of overlays) {
    const source = `/dts-v1/;\n/plugin/;\n/ { compatible = "brcm,bcm2835"; };\n`;
    await compileTree(exec, { source, scratch, output: join(place, `${name}.dtbo`) });
  }
}
