import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import { type Distribution, missingPackages } from "./missing-packages.ts";
import { requestedPackages } from "./requested-packages.ts";
import { type Served, serveDirectory } from "./serve-directory.ts";
import { signArchive } from "./sign-archive.ts";
import { makeStandInArchive } from "./stand-in-archive.ts";

const realArchive = "http://archive.raspberrypi.com/debian";

/** Where the packages come from that Debian does not have. */
export interface PackageSource extends AsyncDisposable {
  /** For people: which archive is used. */
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
}

/** Raspberry Pi's own archive where it answers, else a stand-in for what the stages ask it for. */
export async function raspberryArchive(exec: Exec, options: SourceOptions): Promise<PackageSource> {
  const { release, arch, stages, scratch, lent } = options;
  if (stages.length === 0 || (await answers(`${realArchive}/dists/${release}/InRelease`))) {
    return { description: realArchive, async [Symbol.asyncDispose]() {} };
  }
  const archive = join(scratch, "archive");
  const keyring = join(lent, "stand-in.gpg");
  const apt = join(scratch, "apt");
  await mkdir(archive, { recursive: true });
  const requested = await requestedPackages(stages);
  const names = await missingPackages(exec, requested, { release, arch, scratch: apt });
  await makeStandInArchive(exec, archive, { release, arch, names });
  await signArchive(exec, { archive, release, keyring });
  // Its address is in the tree: with the same one, layers of an earlier run are those of this one.
  const known = Number(await readFile(join(scratch, "../port"), "utf8").catch(() => "0"));
  const served: Served = await serveDirectory(archive, known);
  await writeFile(join(scratch, "../port"), new URL(served.url).port);
  await writeFile(join(scratch, "stand-ins"), names.map((name) => `${name}\n`).join(""));
  return {
    description: `a stand-in for ${realArchive}, which does not answer: ${names.length} packages with the right names and next to nothing in them (${names.join(" ")})`,
    tempRepo: `deb [signed-by=${keyring}] ${served.url} RELEASE main`,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** Within ten seconds: a host without a route there should not wait for minutes. */
async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  return response?.ok === true;
}
