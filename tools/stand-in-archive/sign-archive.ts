import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";

/** Signs an archive's Release with a key made for it, and writes the public half to a keyring. */
export async function signArchive(
  exec: Exec,
  { archive, release, keyring }: { archive: string; release: string; keyring: string },
): Promise<void> {
  const home = join(archive, "gnupg");
  await mkdir(home, { mode: 0o700 });
  const gpg = (...args: string[]) =>
    exec.run({ program: "gpg", args: ["--homedir", home, "--batch", "--yes", ...args] });
  const owner = "stand-in <nobody@example.invalid>";
  const suite = join(archive, "dists", release);
  try {
    await gpg("--passphrase", "", "--quick-gen-key", owner, "ed25519", "sign", "never");
    await gpg("--output", keyring, "--export", owner);
    await gpg("--output", join(suite, "InRelease"), "--clearsign", join(suite, "Release"));
  } finally {
    await exec.run({
      program: "gpgconf",
      args: ["--homedir", home, "--kill", "all"],
      allowExit: [2],
    });
    await rm(home, { recursive: true });
  }
}
