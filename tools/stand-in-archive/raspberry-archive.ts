import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { type Distribution, openDebian } from "./debian.ts";
import { type Contents, makeArchive } from "./make-archive.ts";
import { sourcesVariable } from "./public-sources.ts";
import { requestedPackages } from "./requested-packages.ts";
import { type Served, serveDirectory } from "./serve-directory.ts";
import { signArchive } from "./sign-archive.ts";

const realArchive = "http://archive.raspberrypi.com/debian";

/** Where the packages come from that Debian does not have. */
export interface PackageSource extends AsyncDisposable {
  /** For people: which archive is used, and what is in it if it is a stand-in. */
  readonly description: string;
  /** pi-gen's setting for one more archive; undefined where the real one answers. */
  readonly tempRepo?: string;
}

export interface SourceOptions extends Distribution {
  /** Directories of the stages whose packages are needed. */
  readonly stages: readonly string[];
  readonly scratch: string;
  /** A directory that every chroot sees. */
  readonly lent: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Raspberry Pi's own archive where it answers, else a stand-in for what the stages ask it for. */
export async function raspberryArchive(exec: Exec, options: SourceOptions): Promise<PackageSource> {
  const { release, arch, stages, scratch, lent, env } = options;
  if (stages.length === 0 || (await answers(`${realArchive}/dists/${release}/InRelease`))) {
    return { description: realArchive, async [Symbol.asyncDispose]() {} };
  }
  const archive = join(scratch, "archive");
  const keyring = join(lent, "stand-in.gpg");
  await mkdir(archive, { recursive: true });
  const contents = await makeArchive(exec, archive, {
    debian: await openDebian(exec, { release, arch }, scratch),
    requested: await requestedPackages(stages),
    sources: env[sourcesVariable],
    scratch,
  });
  await signArchive(exec, { archive, release, keyring });
  // Its address is in the tree: with the same one, layers of an earlier run are those of this one.
  const known = Number(await readFile(join(scratch, "../port"), "utf8").catch(() => "0"));
  const served: Served = await serveDirectory(archive, known);
  await writeFile(join(scratch, "../port"), new URL(served.url).port);
  return {
    description: describe(contents),
    tempRepo: `deb [signed-by=${keyring}] ${served.url} RELEASE main`,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

function describe({ kernel, own, stubs }: Contents): string {
  return [
    `a stand-in for ${realArchive}, which does not answer:`,
    `  Debian's under Raspberry Pi's names: ${kernel.join(" ")}`,
    `  built from Raspberry Pi's public sources: ${own.join(" ") || `none (${sourcesVariable} names no directory with them)`}`,
    `  with the right names and next to nothing in them: ${stubs.join(" ")}`,
  ].join("\n");
}

/** Within ten seconds: a host without a route there should not wait for minutes. */
async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  return response?.ok === true;
}
