import { chmod, copyFile, lstat, mkdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LayerStack } from "@pibuild/layers";
import { formatAuthConf } from "@pibuild/mirrors";
import { type BuildApt, pathsForImage, writeForImage } from "./build-apt.ts";
import { aptRetries } from "./fetch-files.ts";
import type { RunSpec } from "./run-spec.ts";

/** Where the helpers lie, relative to the stack of layers. */
export const helperDirectory = "helpers";

/** Files that the build needs inside the chroot and that no image may keep. */
export const helpers: readonly { path: string; mode: number; content: string; why: string }[] = [
  {
    path: "usr/sbin/policy-rc.d",
    mode: 0o755,
    content: "#!/bin/sh\nexit 101\n",
    why: "packages must not start their services while an image is built",
  },
  {
    path: "etc/dpkg/dpkg.cfg.d/pibuild",
    mode: 0o644,
    content: "force-unsafe-io\n",
    why: "a layer that was interrupted is thrown away, so dpkg need not sync",
  },
  {
    path: "etc/apt/apt.conf.d/99pibuild",
    mode: 0o644,
    content: [
      'Acquire::Languages "none";',
      aptRetries,
      'APT::Keep-Downloaded-Packages "true";',
      'Dir::Cache::srcpkgcache "archives/srcpkgcache.bin";',
      "",
    ].join("\n"),
    why: "descriptions in other languages are never read; packages, and what apt makes of its lists, go where the next step finds them; a server may refuse for a moment",
  },
];

/** Where apt finds the logins of this build. */
const loginFile = "etc/apt/auth.conf.d/90pibuild.conf";

/**
 * Makes the bottom-most lower directory of every step: what is in it is seen, and because it
 * is below and not above, nothing of it can end up in a layer.
 */
export async function makeHelperLayer(
  directory: string,
  {
    sourceDateEpoch,
    logins,
    apt,
  }: Pick<RunSpec, "sourceDateEpoch" | "logins"> & { readonly apt?: BuildApt },
): Promise<void> {
  const date = (path: string) => utimes(join(directory, path), sourceDateEpoch, sourceDateEpoch);
  for (const { path, mode, content } of helpers) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    await chmod(target, mode);
    await date(path);
  }
  await copyFile("/etc/resolv.conf", join(directory, "etc/resolv.conf"));
  if (apt !== undefined) for (const path of await writeForImage(directory, apt)) await date(path);
  if (logins.length > 0) {
    await mkdir(dirname(join(directory, loginFile)), { recursive: true });
    await writeFile(join(directory, loginFile), formatAuthConf(logins), { mode: 0o600 });
  }
}

/** Paths inside the image that no layer takes from a helper. */
const helperPaths: readonly string[] = [
  ...helpers.map(({ path }) => path),
  "etc/resolv.conf",
  loginFile,
];

/**
 * A script may delete a helper, or copy it up with a `chown -R`. With nothing of that name in
 * the layers below, neither says anything of the image.
 */
export async function dropHelperTraces(changes: string, stack: LayerStack): Promise<void> {
  const ofApt = await pathsForImage(join(stack.directory, helperDirectory));
  for (const path of [...helperPaths, ...ofApt]) {
    const trace = join(changes, path);
    const helper = join(stack.directory, helperDirectory, path);
    if (!(await isWhiteout(trace)) && !(await sameContent(trace, helper))) continue;
    const below = await Promise.all(
      stack.lowers("rootfs").map((layer) => exists(join(stack.directory, layer, path))),
    );
    if (!below.includes(true)) await rm(trace);
  }
}

async function isWhiteout(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isCharacterDevice() === true && stats.rdev === 0;
}

async function sameContent(path: string, other: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true || !(await exists(other))) return false;
  return (await readFile(path)).equals(await readFile(other));
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
