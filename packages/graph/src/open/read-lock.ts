import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Image } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { type Lock, parseLock } from "@pibuild/mirrors";

/** Where an image's lock is. */
export function lockFile(image: Pick<Image, "directory">): string {
  return join(image.directory, "pibuild.lock");
}

/** An image's lock; undefined where it has none. Throws CONFIG_INVALID for one that is damaged, or another image's. */
export async function readLock(
  image: Pick<Image, "directory" | "name" | "release">,
): Promise<Lock | undefined> {
  const file = lockFile(image);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
  if (text === undefined) return undefined;
  const lock = parseLock(text, file);
  const { name, release } = image;
  if (lock.image === name && lock.release === release) return lock;
  const message = `this is the lock of ${lock.image} on ${lock.release}, not of ${name} on ${release}`;
  throw new PibuildError("CONFIG_INVALID", { issues: [{ message, at: { file } }] });
}

/** An image's lock. Throws CONFIG_MISSING where it has none, and what `readLock` throws. */
export async function requireLock(
  image: Pick<Image, "directory" | "name" | "release">,
): Promise<Lock> {
  const lock = await readLock(image);
  if (lock !== undefined) return lock;
  const { name } = image;
  const about = { what: `the lock of ${name}`, make: `lock ${name}` };
  throw new PibuildError("CONFIG_MISSING", { file: lockFile(image), ...about });
}

/** The lock that a build keeps to: the image's, where it has one; with PIBUILD_LOCKED=1 it has to. */
export async function usedLock(image: Image, env: NodeJS.ProcessEnv): Promise<Lock | undefined> {
  return env.PIBUILD_LOCKED === "1" ? await requireLock(image) : await readLock(image);
}
