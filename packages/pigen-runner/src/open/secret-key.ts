import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** This user's key for hashing secrets into fingerprints, made on first use, readable by nobody else. */
export async function readSecretKey(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  // `wx` fails where the file exists: of two first runs, one key wins and both read it.
  await writeFile(file, randomBytes(32).toString("hex"), { flag: "wx", mode: 0o600 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    },
  );
  return readFile(file, "utf8");
}
