import type { Dependencies, Manifest, PublishedPackage } from "./published.ts";

export interface PublishOptions {
  /** Of every package of the workspace, by name. */
  readonly versions: Dependencies;
  /** Of packages from elsewhere, by name. */
  readonly catalog: Dependencies;
  /** The repository's address, such as `https://host/owner/name`; npm's provenance names it. */
  readonly address?: string | undefined;
}

/**
 * A package.json as others get it: versions in place of what only this workspace understands, and nothing
 * that serves its development. Packages of the workspace want each other in this very version.
 */
export function publishedManifest(
  { directory, manifest }: PublishedPackage,
  { versions, catalog, address }: PublishOptions,
): object {
  const { devDependencies, scripts, ...kept } = manifest as Manifest & Record<string, unknown>;
  const resolve = (dependencies: Dependencies = {}) =>
    Object.fromEntries(
      Object.entries(dependencies).map(([name, range]) => [
        name,
        range === "workspace:*" ? known(versions, name) : `^${known(catalog, name)}`,
      ]),
    );
  return {
    ...kept,
    ...(address === undefined
      ? {}
      : { repository: { type: "git", url: `git+${address}.git`, directory } }),
    ...(manifest.exports === undefined ? {} : { exports: withoutSources(manifest.exports) }),
    ...(manifest.dependencies && { dependencies: resolve(manifest.dependencies) }),
    ...(manifest.optionalDependencies && {
      optionalDependencies: resolve(manifest.optionalDependencies),
    }),
  };
}

function known(versions: Dependencies, name: string): string {
  const version = versions[name];
  if (version === undefined) throw new Error(`${name} has no version here, or is not published`);
  return version;
}

/** The workspace's own condition leads to sources, which are not published. */
function withoutSources(exports: NonNullable<Manifest["exports"]>): object {
  return Object.fromEntries(
    Object.entries(exports).map(([path, target]) => {
      if (typeof target === "string") return [path, target];
      const { "@pibuild/source": _source, ...others } = target;
      return [path, others];
    }),
  );
}
