import { type Archive, generationOf, type PackageSource } from "@pibuild/mirrors";

/** The archives that an image has by their own names, without those that only its lock has a second time. */
export function ownArchives(packages: Pick<PackageSource, "archives"> | undefined): Archive[] {
  return (packages?.archives ?? []).filter(({ name }) => generationOf(name) === 0);
}
