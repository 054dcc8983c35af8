import { mkdir } from "node:fs/promises";
import { createExec } from "@pibuild/core";

/** Gives tests that look at all of the machine a /tmp and a /run that others do not write to. */
export default async function ownDirectories(): Promise<void> {
  if (process.env.PIBUILD_TEST_NAMESPACE !== "own") return;
  for (const directory of ["/tmp", "/run"])
    await createExec().run({ program: "mount", args: ["-t", "tmpfs", "tmpfs", directory] });
  // mount(8) makes it where it is missing; everywhere else something has been mounted before.
  await mkdir("/run/mount");
}
