import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createExec } from "@pibuild/core";
import { declareTypes } from "./declare-types.ts";
import { type PublishedPackage, publishedPackages, readCatalog, repository } from "./published.ts";
import { type PublishOptions, publishedManifest } from "./published-manifest.ts";

/** A package as a tarball. */
export interface PackedPackage {
  readonly name: string;
  readonly version: string;
  readonly tarball: string;
}

/**
 * Packs every published package, built already, into a directory, with its types, its README and the
 * licence. Below `laid-out` lie the same files for who wants to look.
 */
export async function packPackages(
  directory: string,
  { address }: { readonly address?: string | undefined } = {},
): Promise<PackedPackage[]> {
  const packages = publishedPackages();
  const versions = Object.fromEntries(
    packages.map(({ manifest }) => [manifest.name, manifest.version]),
  );
  const options = { versions, catalog: readCatalog(), address };
  const typesOf = await declareTypes();
  const packed: PackedPackage[] = [];
  for (const one of packages) {
    const laidOut = join(directory, "laid-out", one.manifest.name);
    await layOut(one, { ...options, laidOut, types: typesOf(one.directory) });
    packed.push(await pack(one, { laidOut, directory }));
  }
  return packed;
}

interface LayOutOptions extends PublishOptions {
  readonly laidOut: string;
  readonly types: string;
}

async function layOut(one: PublishedPackage, { laidOut, types, ...options }: LayOutOptions) {
  const source = join(repository, one.directory);
  await mkdir(laidOut, { recursive: true });
  // npm leaves symlinks out: what they lead to stands in their place.
  const copy = (from: string, to: string) => cp(from, to, { recursive: true, dereference: true });
  for (const name of [...one.manifest.files, "README.md"])
    await copy(join(source, name), join(laidOut, name));
  await copy(join(repository, "LICENSE"), join(laidOut, "LICENSE"));
  if (one.manifest.exports !== undefined && one.manifest.files.includes("dist"))
    await copyTypes(types, join(laidOut, "dist"));
  const manifest = `${JSON.stringify(publishedManifest(one, options), null, 2)}\n`;
  await writeFile(join(laidOut, "package.json"), manifest);
}

async function copyTypes(from: string, to: string): Promise<void> {
  const files = await readdir(from, { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".d.ts"))) {
    await mkdir(dirname(join(to, file)), { recursive: true });
    await cp(join(from, file), join(to, file));
  }
}

async function pack(
  { manifest: { name, version } }: PublishedPackage,
  { laidOut, directory }: { readonly laidOut: string; readonly directory: string },
): Promise<PackedPackage> {
  const args = ["pack", "--silent", "--pack-destination", directory];
  const { stdout } = await createExec().run({ program: "npm", args, cwd: laidOut });
  return { name, version, tarball: join(directory, stdout.trim()) };
}
