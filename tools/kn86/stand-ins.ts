import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Exec } from "@pibuild/core";
import { flashStart, rp2350Arm, writeUf2 } from "./uf2.ts";

/** The time of all files in the stand-ins: image.yaml's default source_date_epoch. */
const time = 1767225600;

const assets = {
  "banner.txt":
    "nOSh is not here. This is what stands in for it in pibuild's own image of the KN-86.\n",
  "carts/readme.txt": "Cartridges that come with nOSh would be here.\n",
};

/** Compiles the stand-in for nOSh: a static arm64 program without a C library. */
export async function compileNosh(exec: Exec, output: string): Promise<void> {
  await exec.run({
    program: "aarch64-linux-gnu-gcc",
    args: [
      ...["-std=c11", "-Os", "-Wall", "-Wextra", "-Werror"],
      ...["-ffreestanding", "-nostdlib", "-static"],
      ...["-fno-asynchronous-unwind-tables", "-fno-stack-protector", "-fno-ident"],
      "-Wl,--build-id=none,-z,noexecstack,--strip-all",
      ...["-o", output, join(import.meta.dirname, "nosh.c")],
    ],
  });
}

/** The stand-ins' bytes by file name, without the program; the same every time. */
export async function standIns(exec: Exec): Promise<Record<string, Uint8Array>> {
  return {
    "nosh-assets.tar": await assetsTar(exec),
    "kn86-pico.uf2": picoFirmware(),
    "bezel.pbm": bezel(256, 64),
    "tty.vtrgb": Buffer.from(palette()),
  };
}

async function assetsTar(exec: Exec): Promise<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), "kn86-assets-"));
  try {
    for (const [name, text] of Object.entries(assets)) {
      const path = join(directory, "in", name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { mode: 0o644 });
      await utimes(path, time, time);
    }
    await exec.run({
      program: "tar",
      args: [
        ...["--create", "--format=ustar", "--sort=name", "--mode=u=rwX,go=rX"],
        ...["--owner=0", "--group=0", "--numeric-owner", `--mtime=@${time}`],
        ...["--directory", join(directory, "in"), "--file", join(directory, "tar")],
        ...["banner.txt", "carts"],
      ],
    });
    return withoutDevices(await readFile(join(directory, "tar")));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Clears the numbers of devices in an archive's headers: tar writes them until its version 1.34. */
function withoutDevices(archive: Buffer): Buffer {
  for (let at = 0; archive[at] !== 0; ) {
    const header = archive
      .subarray(at, at + 512)
      .fill(0, 329, 345)
      .fill(" ", 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    const size = Number.parseInt(header.toString("latin1", 124, 135), 8);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return archive;
}

/** Not a program: a Pico 2 that is given it says that there is nothing to start. */
function picoFirmware(): Uint8Array {
  const text = "A stand-in for the KN-86's Pico 2 firmware: a valid UF2 file without a program.\n";
  const bytes = Buffer.alloc(1024, 0xff);
  bytes.write(text);
  return writeUf2({ address: flashStart, family: rp2350Arm, bytes });
}

/** A frame two pixels wide, as a PBM of one bit a pixel. */
function bezel(width: number, height: number): Uint8Array {
  const edge = (at: number, size: number) => at < 2 || at >= size - 2;
  const bits = Buffer.alloc((width / 8) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = (y * width + x) >> 3;
      if (edge(x, width) || edge(y, height)) bits[byte] = (bits[byte] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return Buffer.concat([Buffer.from(`P4\n# a stand-in\n${width} ${height}\n`), bits]);
}

/** The console's sixteen colours as setvtrgb(8) reads them, here shades of amber. */
function palette(): string {
  const shades = Array.from({ length: 16 }, (_, index) => index * 17);
  const scaled = (factor: number) => shades.map((shade) => Math.round(shade * factor)).join(",");
  return `${scaled(1)}\n${scaled(0.69)}\n${scaled(0)}\n`;
}
