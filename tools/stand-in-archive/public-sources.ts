import { cp, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, removeTree } from "@pibuild/core";

/** A directory with checkouts of these, by name: Raspberry Pi's packages with public sources. */
export const sourcesVariable = "RPI_SOURCES_DIR";
export const publicSources = ["raspi-config", "raspberrypi-sys-mods", "userconf-pi"] as const;

/**
 * Builds those of Raspberry Pi's packages whose sources are in a directory, as they are, and gives
 * their names. Needs debhelper.
 */
export async function buildPublicSources(
  exec: Exec,
  sources: string | undefined,
  { scratch, pool, arch }: { scratch: string; pool: string; arch: string },
): Promise<string[]> {
  if (sources === undefined) return [];
  const present = new Set(await readdir(sources));
  const names = publicSources.filter((name) => present.has(name));
  for (const name of names) {
    const parent = join(scratch, "sources");
    await cp(join(sources, name), join(parent, name), { recursive: true, verbatimSymlinks: true });
    await exec.run({
      program: "dpkg-buildpackage",
      args: ["--build=binary", "--unsigned-source", "--unsigned-changes", "-d", `-a${arch}`],
      cwd: join(parent, name),
    });
    for (const file of (await readdir(parent)).filter((each) => /(?<!-dbgsym_.*)\.deb$/.test(each)))
      await rename(join(parent, file), join(pool, file));
    await removeTree(parent);
  }
  return names;
}
