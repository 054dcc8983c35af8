import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, sha256File } from "@pibuild/core";
import { compileNosh, standIns } from "./stand-ins.ts";

/** Writes apps/kn86/inputs anew, and prints the digests that apps/kn86/image.yaml has to name. */
const directory = join(import.meta.dirname, "../../apps/kn86/inputs");
const exec = createExec();
await mkdir(directory, { recursive: true });
const files = await standIns(exec);
for (const [name, bytes] of Object.entries(files)) await writeFile(join(directory, name), bytes);
await compileNosh(exec, join(directory, "nosh"));
for (const name of ["nosh", ...Object.keys(files)]) {
  process.stdout.write(`${await sha256File(join(directory, name))}  ${name}\n`);
}
