import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import type { FoundRelease } from "./fetch-releases.ts";

/** Whether a key of a keyring has signed a release, and none that is there has signed another text. */
export async function isSigned(
  exec: Exec,
  { text, signature }: Pick<FoundRelease, "text" | "signature">,
  keyring: string,
): Promise<boolean> {
  const scratch = await mkdtemp(join(tmpdir(), "pibuild-release-"));
  await using _scratch = { [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }) };
  const [file, beside] = [join(scratch, "release"), join(scratch, "signature")];
  await writeFile(file, text, "latin1");
  if (signature !== undefined) await writeFile(beside, signature, "latin1");
  const files = signature === undefined ? [file] : [beside, file];
  const { stdout } = await exec.run({
    program: "gpgv",
    args: ["--status-fd", "1", "--keyring", keyring, ...files],
    // 1 and 2 also where one key of several is not in the keyring yet: what counts is its status.
    allowExit: [1, 2],
    quiet: true,
  });
  const status = (word: string) => new RegExp(`^\\[GNUPG:\\] ${word} `, "m").test(stdout);
  return status("VALIDSIG") && !status("BADSIG");
}
