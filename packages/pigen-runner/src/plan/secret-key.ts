import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { PibuildError } from "@pibuild/core";

/** Has the key itself, or names a file that does: for machines that are to have the same. */
const variable = "PIBUILD_SECRET_KEY";
const fileVariable = `${variable}_FILE`;

/** The variables that say which key it is. */
export const secretKeyVariables = [variable, fileVariable] as const;

const form = /^[0-9a-f]{64}$/i;
const expected = "64 hexadecimal digits are expected, as `openssl rand -hex 32` prints them";

export interface SecretKeyOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Where a relative path in the environment starts. */
  readonly workspace?: string;
}

/**
 * The key for hashing secrets into fingerprints: of PIBUILD_SECRET_KEY, or of the file that
 * PIBUILD_SECRET_KEY_FILE names, else this user's own in `file`, made on first use and readable by
 * nobody else; one that is damaged is made anew. Throws USAGE where the environment has another thing
 * than a key, and ENV_CACHE_UNUSABLE where the user's own is another user's, or cannot be made.
 */
export async function readSecretKey(
  file: string,
  { env = {}, workspace = process.cwd() }: SecretKeyOptions = {},
): Promise<string> {
  return (await fromEnvironment(env, workspace)) ?? (await ownKey(file));
}

/** What is no key is not shown: it may be one that lost a digit. */
async function fromEnvironment(
  env: NodeJS.ProcessEnv,
  workspace: string,
): Promise<string | undefined> {
  const { [variable]: direct = "", [fileVariable]: path = "" } = env;
  const refuse = (message: string) => new PibuildError("USAGE", { message });
  if (direct !== "" && path !== "") {
    throw refuse(`${variable} and ${fileVariable} are both set; one of them has to do`);
  }
  if (direct === "" && path === "") return undefined;
  const text =
    direct !== ""
      ? direct
      : await readFile(resolve(workspace, path), "utf8").catch((error: NodeJS.ErrnoException) => {
          throw refuse(`the file that ${fileVariable} names cannot be read: ${error.code}`);
        });
  const key = text.trim();
  if (!form.test(key)) throw refuse(`${direct !== "" ? variable : fileVariable}: ${expected}`);
  return key.toLowerCase();
}

async function ownKey(file: string): Promise<string> {
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
