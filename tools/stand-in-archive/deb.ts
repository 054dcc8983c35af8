import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Exec } from "@pibuild/core";

/** A file of a package. */
export interface PackageFile {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** Fields of a package's control file. */
export type Control = Readonly<Record<string, string>>;

/** Unpacks a package, with its control files in `DEBIAN`. */
export async function unpackDeb(exec: Exec, file: string, tree: string): Promise<void> {
  await exec.run({ program: "dpkg-deb", args: ["--raw-extract", file, tree] });
}

/** A field of the control file in an unpacked package, without its continuation; empty where it has none. */
export async function controlField(tree: string, name: string): Promise<string> {
  const text = await readFile(join(tree, "DEBIAN/control"), "utf8");
  return new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
}

/** Writes files, and the control file, of a package that is not built yet. */
export async function writePackage(
  tree: string,
  control: Control,
  files: readonly PackageFile[] = [],
): Promise<void> {
  for (const { path, mode, content } of files) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
    await chmod(join(tree, path), mode);
  }
  await mkdir(join(tree, "DEBIAN"), { recursive: true });
  await chmod(join(tree, "DEBIAN"), 0o755);
  const lines = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
  await writeFile(join(tree, "DEBIAN/control"), lines.join(""));
}

/** Builds a package into a directory, under the name that dpkg gives it. The same tree gives the same bytes. */
export async function buildDeb(exec: Exec, tree: string, pool: string): Promise<void> {
  await mkdir(pool, { recursive: true });
  await exec.run({
    program: "dpkg-deb",
    args: ["--root-owner-group", "-Zxz", "-z1", "--build", tree, pool],
    env: { SOURCE_DATE_EPOCH: "0" },
  });
}
