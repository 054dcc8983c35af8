import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";

/** Compiles a device tree, or an overlay, from its source. */
export async function compileTree(
  exec: Exec,
  { source, scratch, output }: { source: string; scratch: string; output: string },
): Promise<void> {
  const file = join(scratch, "tree.dts");
  await writeFile(file, source);
  await exec.run({ program: "dtc", args: ["-I", "dts", "-O", "dtb", "-o", output, file] });
}

/**
 * Gives a node of a compiled tree a name that overlays can refer to, as trees have that were compiled
 * with `dtc -@`: Raspberry Pi's are, Debian's are not all.
 */
export async function addSymbol(
  exec: Exec,
  tree: string,
  name: string,
  path: string,
): Promise<void> {
  const symbols = "/__symbols__";
  const { exitCode } = await exec.run({
    ...{ program: "fdtget", args: ["-l", tree, symbols], allowExit: [1] },
  });
  if (exitCode === 0) return;
  await exec.run({ program: "fdtput", args: ["-c", tree, symbols] });
  await exec.run({ program: "fdtput", args: ["-t", "s", tree, symbols, name, path] });
}
