import { mkdtemp } from "node:fs/promises";
import { createExec, removeTree } from "@pibuild/core";
import { tracesVariable } from "./traces-files.ts";

/** Gives tests after which the machine is looked at a /tmp that others do not write to, on the same disk. */
export default async function ownDirectories() {
  if (process.env.PIBUILD_TEST_NAMESPACE !== "own" || !process.env[tracesVariable])
    return undefined;
  const directory = await mkdtemp("/var/tmp/pibuild-tests-");
  await createExec().run({ program: "mount", args: ["--bind", directory, "/tmp"] });
  return () => removeTree(directory);
}
