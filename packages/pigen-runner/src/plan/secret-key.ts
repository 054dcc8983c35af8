import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { PibuildError } from "@pibuild/core";

/**
 * This user's key for hashing secrets into fingerprints, made on first use, readable by nobody else.
 * Throws ENV_CACHE_UNUSABLE where it is another user's, or cannot be made.
 */
export async function readSecretKey(file: string): Promise<string> {
  try {
    return await readOrMake(file);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EACCES", "EPERM", "EROFS"].includes(code)) throw error;
    throw new PibuildError("ENV_CACHE_UNUSABLE", { path: file, reason: code }, { cause: error });
  }
}

function isKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

async function readOrMake(file: string): Promise<string> {
  const known = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (known !== undefined && isKey(known)) return known;
  // Cut short, it would be a key that can be guessed.
  if (known !== undefined) await rm(file);
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(temporary, randomBytes(32).toString("hex"), { mode: 0o600 });
  // A link fails where the name exists: of two first runs one key wins, whole, and both read it.
  await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(temporary);
  return readFile(file, "utf8");
}
