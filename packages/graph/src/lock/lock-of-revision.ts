import { basename, dirname } from "node:path";
import type { Image } from "@pibuild/config";
import { type Exec, PibuildError } from "@pibuild/core";
import { type Lock, parseLock } from "@pibuild/mirrors";
import { lockFile } from "../open/read-lock.ts";

/** An image's lock as a revision of git has it. Throws USAGE where git has none, and CONFIG_INVALID. */
export async function lockOfRevision(
  exec: Exec,
  image: Pick<Image, "directory">,
  revision: string,
): Promise<Lock> {
  const file = lockFile(image);
  const { exitCode, stdout, stderr } = await exec.run({
    program: "git",
    args: [
      // Git compares it with the top of the repository, which need not be the workspace.
      ...["-c", "safe.directory=*", "-C", dirname(file)],
      // A name that begins with `-` is no option.
      ...["show", "--end-of-options", `${revision}:./${basename(file)}`],
    ],
    env: { GIT_OPTIONAL_LOCKS: "0" },
    allowExit: [128],
    quiet: true,
  });
  if (exitCode === 0) return parseLock(stdout, `${revision}:${file}`);
  const said = stderr.trim().replace(/^fatal: /, "");
  const message = `git has no pibuild.lock of \`${revision}\`: ${said}`;
  throw new PibuildError("USAGE", { message, hint: "`git log -- pibuild.lock` shows which have" });
}
