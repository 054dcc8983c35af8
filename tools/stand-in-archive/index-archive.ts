import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Exec } from "@pibuild/core";
import type { Distribution } from "./debian.ts";

/** Writes the indexes of an archive whose packages lie in `pool`, unsigned. The same packages give the same bytes. */
export async function indexArchive(
  exec: Exec,
  directory: string,
  { release, arch }: Distribution,
): Promise<void> {
  const paragraphs: string[] = [];
  for (const name of (await readdir(join(directory, "pool"))).sort()) {
    const file = `pool/${name}`;
    const path = join(directory, file);
    const { stdout } = await exec.run({ program: "dpkg-deb", args: ["--field", path] });
    const bytes = await readFile(path);
    paragraphs.push(
      `${stdout}\nFilename: ${file}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`,
    );
  }
  const packages = `main/binary-${arch}/Packages`;
  const suite = join(directory, "dists", release);
  const text = paragraphs.join("\n");
  await mkdir(dirname(join(suite, packages)), { recursive: true });
  await writeFile(join(suite, packages), text);
  const lines = [
    "Origin: stand-in",
    `Suite: ${release}`,
    `Codename: ${release}`,
    `Architectures: ${arch}`,
    "Components: main",
    "Date: Thu, 01 Jan 1970 00:00:00 UTC",
    "SHA256:",
    ` ${sha256(text)} ${Buffer.byteLength(text)} ${packages}`,
    "",
  ];
  await writeFile(join(suite, "Release"), lines.join("\n"));
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
