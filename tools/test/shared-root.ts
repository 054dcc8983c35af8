import { createExec } from "@pibuild/core";

/**
 * Makes `/` a shared mount in the tests' own namespace, as systemd makes it on users' machines: in
 * a copy of it that is not made private, a mount reaches the original. Tests that mount see that.
 */
export default async function shareRoot(): Promise<void> {
  if (process.env.PIBUILD_TEST_NAMESPACE !== "own") return;
  await createExec().run({ program: "mount", args: ["--make-rshared", "/"] });
}
