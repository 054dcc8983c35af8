import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";

/** Debian's own keys. */
export const debianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Whether an InRelease file is Debian's, for a suite: signed by a key of the keyring, by none that is
 * wrong, and with Debian and the suite in what is signed. Throws where gpgv cannot be run.
 */
export async function isDebians(
  exec: Exec,
  text: string,
  { suite, keyring = debianKeyring }: { readonly suite: string; readonly keyring?: string },
): Promise<boolean> {
  const scratch = await mkdtemp(join(tmpdir(), "pibuild-inrelease-"));
  try {
    return await isSigned(exec, { text, suite, keyring, scratch });
  } finally {
    await rm(scratch, { recursive: true });
  }
}

interface Claim {
  readonly text: string;
  readonly suite: string;
  readonly keyring: string;
  readonly scratch: string;
}

async function isSigned(exec: Exec, { text, suite, keyring, scratch }: Claim): Promise<boolean> {
  const [file, signed] = [join(scratch, "InRelease"), join(scratch, "signed")];
  await writeFile(file, text);
  const { stdout } = await exec.run({
    program: "gpgv",
    args: ["--status-fd", "1", "--keyring", keyring, "--output", signed, file],
    // 1 and 2 also where one key of several is not in the keyring yet: what counts is its status.
    allowExit: [1, 2],
    quiet: true,
  });
  const status = (word: string) => new RegExp(`^\\[GNUPG:\\] ${word} `, "m").test(stdout);
  if (!status("VALIDSIG") || status("BADSIG")) return false;
  const content = await readFile(signed, "utf8").catch(() => "");
  const field = (name: string) => new RegExp(`^${name}: *(.*?) *$`, "m").exec(content)?.[1];
  return field("Origin") === "Debian" && [field("Suite"), field("Codename")].includes(suite);
}
