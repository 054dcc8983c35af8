import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRig } from "./rig.ts";
import { scenarios } from "./scenarios.ts";

/*
 * Runs one scenario as root of a user namespace, which has a binfmt_misc of its own (Linux 6.7):
 * nothing here reaches the host's handlers. Prints what it saw as JSON.
 */
const name = process.argv[2] as keyof typeof scenarios;
const path = await mkdtemp(join(tmpdir(), "pibuild binfmt-"));
try {
  const seen = await scenarios[name](await createRig(path));
  process.stdout.write(JSON.stringify(seen));
} finally {
  await rm(path, { recursive: true });
}
