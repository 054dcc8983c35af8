import { existsSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import { createExec, removeTree } from "@pibuild/core";
import { tracesVariable } from "./traces-files.ts";

const handlers = "/proc/sys/fs/binfmt_misc";

/**
 * Gives tests after which the machine is looked at a /tmp that others do not write to, on the same disk,
 * and shows the machine's handlers in their own /proc.
 */
export default async function ownDirectories() {
  if (process.env.PIBUILD_TEST_NAMESPACE !== "own" || !process.env[tracesVariable])
    return undefined;
  const directory = await mkdtemp("/var/tmp/pibuild-tests-");
  await chmod(directory, 0o1777);
  const mount = (...args: readonly string[]) => createExec().run({ program: "mount", args });
  await mount("--bind", directory, "/tmp");
  if (existsSync(handlers) && !existsSync(`${handlers}/register`))
    await mount("-t", "binfmt_misc", "binfmt_misc", handlers);
  return () => removeTree(directory);
}
