import { join } from "node:path";
import { type Exec, removeTree } from "@pibuild/core";
import { buildDeb, writePackage } from "./deb.ts";
import type { Debian } from "./debian.ts";
import { buildFirmware } from "./firmware.ts";
import { indexArchive } from "./index-archive.ts";
import { buildKernel } from "./kernel.ts";
import { buildPublicSources } from "./public-sources.ts";
import { stubFiles } from "./stub-files.ts";

export interface StandIn {
  readonly debian: Debian;
  /** Packages that somebody asks for. */
  readonly requested: readonly string[];
  /** See `sourcesVariable`. */
  readonly sources: string | undefined;
  readonly scratch: string;
}

/** Packages of the archive, by what is in them. */
export interface Contents {
  readonly kernel: readonly string[];
  /** Built from Raspberry Pi's own sources. */
  readonly own: readonly string[];
  /** The right name, and next to nothing in it. */
  readonly stubs: readonly string[];
}

const kernel = ["linux-image-rpi-v8", "raspi-firmware"] as const;
/** What the archive's own packages depend on, and Debian has not. */
const needed = ["raspi-utils"];

/** Makes an apt archive in an empty directory that stands in for Raspberry Pi's, unsigned. */
export async function makeArchive(
  exec: Exec,
  directory: string,
  { debian, requested, sources, scratch }: StandIn,
): Promise<Contents> {
  const pool = join(directory, "pool");
  const places = { scratch, pool };
  await buildKernel(exec, debian, places);
  await buildFirmware(exec, debian, places);
  const own = await buildPublicSources(exec, sources, { ...places, arch: debian.arch });
  const made = new Set<string>([...kernel, ...own]);
  const stubs = [...new Set([...requested, ...needed])]
    .filter((name) => !debian.names.has(name) && !made.has(name) && !/^linux-.*-rpi-/.test(name))
    .sort();
  for (const name of stubs) await buildStub(exec, name, { ...places, arch: debian.arch });
  await indexArchive(exec, directory, debian);
  return { kernel, own, stubs };
}

async function buildStub(
  exec: Exec,
  name: string,
  { scratch, pool, arch }: { scratch: string; pool: string; arch: string },
): Promise<void> {
  const tree = join(scratch, "stub");
  const note = { path: `usr/share/doc/${name}/README`, mode: 0o644, content: "A stand-in.\n" };
  const control = {
    ...{ Package: name, Version: "1:0standin", Architecture: arch },
    Maintainer: "nobody <nobody@example.invalid>",
    Description: `stand-in for ${name}`,
  };
  await writePackage(tree, control, [note, ...(stubFiles[name] ?? [])]);
  await buildDeb(exec, tree, pool);
  await removeTree(tree);
}
