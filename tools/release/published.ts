import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The fields of a package.json that count here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly private?: boolean;
  readonly engines?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly files: readonly string[];
  readonly dependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
}

export type Dependencies = Readonly<Record<string, string>>;

/** A package that is published, at a path of this repository. */
export interface PublishedPackage {
  readonly directory: string;
  readonly manifest: Manifest;
}

/** Every package of the workspace that is not private, by directory. */
export function publishedPackages(): PublishedPackage[] {
  const below = (parent: string) =>
    readdirSync(join(repository, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}`);
  return [...below("packages"), "apps/cli", "stages"]
    .sort()
    .map((directory) => ({ directory, manifest: readManifest(directory) }))
    .filter(({ manifest }) => manifest.private !== true);
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(repository, directory, "package.json"), "utf8")) as Manifest;
}

/** The workspace's one version of each package from elsewhere. */
export function readCatalog(): Dependencies {
  const text = readFileSync(join(repository, "pnpm-workspace.yaml"), "utf8");
  return (parse(text) as { catalog: Dependencies }).catalog;
}
