import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, findProgram, type ProgramName } from "@pibuild/core";
import { probeProgram } from "../../src/trial/probe-program.ts";

/** Said in its name: it has the arguments and the report of tonistiigi/binfmt, and is not that. */
export const standInImage = "localhost/pibuild-test/stand-in-for-tonistiigi-binfmt";

/** Builds the image with an engine, from this machine's qemu; `directory` is for its files. */
export async function buildStandIn(
  exec: Exec,
  engine: ProgramName,
  directory: string,
): Promise<void> {
  const image = join(directory, "image");
  await mkdir(join(image, "usr/bin"), { recursive: true });
  for (const name of ["proc", "dev", "sys", "etc"]) await mkdir(join(image, name));
  const source = join(import.meta.dirname, "binfmt.c");
  await exec.run({
    program: "musl-gcc",
    args: ["-static", "-O1", "-Wall", "-Werror", "-o", join(image, "binfmt"), source],
  });
  await copyFile(findProgram("qemu-aarch64-static") ?? "", join(image, "usr/bin/qemu-aarch64"));
  await copyFile(findProgram("qemu-arm-static") ?? "", join(image, "usr/bin/qemu-arm"));
  for (const arch of ["arm64", "arm"] as const) {
    await writeFile(join(image, `probe-${arch}`), probeProgram(arch), { mode: 0o755 });
  }
  const recipe = join(directory, "Containerfile");
  await writeFile(recipe, 'FROM scratch\nCOPY . /\nENTRYPOINT ["/binfmt"]\n');
  await exec.run({
    program: engine,
    args: ["build", "--tag", standInImage, "--file", recipe, image],
  });
}
