import { readFile, stat } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";

/** What the kernel brings of the parts that layers are mounted with. */
export interface KernelParts {
  /** Filesystems and drivers that are there now. */
  readonly loaded: readonly string[];
  /** Those that it can load; undefined where the modules of the running kernel are not here. */
  readonly modules: readonly string[] | undefined;
}

/** Reads the filesystems that the kernel knows, none where there is no /proc, and whether it has loop devices. */
export async function readKernelParts(): Promise<KernelParts> {
  const known = await readFile("/proc/filesystems", "utf8").catch(() => "");
  const loop = await stat("/dev/loop-control").catch(() => undefined);
  const names = known.split("\n").map((line) => line.split("\t").at(-1) ?? "");
  return {
    loaded: [...names.filter((name) => name !== ""), ...(loop ? ["loop"] : [])],
    modules: await readModules(join("/lib/modules", release())),
  };
}

async function readModules(directory: string): Promise<string[] | undefined> {
  const lists = await Promise.all(
    ["modules.dep", "modules.builtin"].map((name) =>
      readFile(join(directory, name), "utf8").catch(() => undefined),
    ),
  );
  if (lists[0] === undefined) return undefined;
  return [...lists.join("\n").matchAll(/^(?:\S*\/)?([\w-]+)\.ko/gm)].map(([, name = ""]) => name);
}
