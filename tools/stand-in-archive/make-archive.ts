import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Exec } from "@pibuild/core";
import { stubFiles } from "./stub-packages.ts";

export interface StandIn {
  readonly release: string;
  readonly arch: string;
  /** Packages to stand in for. */
  readonly names: readonly string[];
}

const version = "1:0standin";

/**
 * Makes an apt archive in an empty directory, of packages that have the right names and next to
 * nothing in them. The same names give the same bytes.
 */
export async function makeStandInArchive(
  exec: Exec,
  directory: string,
  { release, arch, names }: StandIn,
): Promise<void> {
  const index: string[] = [];
  await mkdir(join(directory, "pool"), { recursive: true });
  for (const name of names) index.push(await makePackage(exec, directory, name, arch));
  const packages = `main/binary-${arch}/Packages`;
  const path = join(directory, "dists", release, packages);
  await mkdir(dirname(path), { recursive: true });
  const text = index.join("\n");
  await writeFile(path, text);
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
  await writeFile(join(directory, "dists", release, "Release"), lines.join("\n"));
}

/** Builds one package; returns its paragraph of the index. */
async function makePackage(
  exec: Exec,
  directory: string,
  name: string,
  arch: string,
): Promise<string> {
  const tree = join(directory, "tree");
  const note = { path: `usr/share/doc/${name}/README`, mode: 0o644, content: "A stand-in.\n" };
  for (const { path, mode, content } of [note, ...(stubFiles[name] ?? [])]) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
    await chmod(join(tree, path), mode);
  }
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${arch}`,
    "Maintainer: nobody <nobody@example.invalid>",
    `Description: stand-in for ${name}`,
    "",
  ].join("\n");
  await mkdir(join(tree, "DEBIAN"), { mode: 0o755 });
  await writeFile(join(tree, "DEBIAN/control"), control);
  const file = `pool/${name}_0standin_${arch}.deb`;
  await exec.run({
    program: "dpkg-deb",
    args: ["--root-owner-group", "-Zgzip", "--build", tree, join(directory, file)],
    env: { SOURCE_DATE_EPOCH: "0" },
  });
  await rm(tree, { recursive: true });
  const bytes = await readFile(join(directory, file));
  return `${control}Filename: ${file}\nSize: ${bytes.length}\nSHA256: ${sha256(bytes)}\n`;
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
