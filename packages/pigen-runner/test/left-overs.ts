import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createExec } from "@pibuild/core";
import type { Rig } from "@pibuild/test-kit";

/** What runs in a rig left on the host: mounts of any process, loop devices, processes, run directories. */
export async function leftOvers({ path, store }: Rig): Promise<string[]> {
  // Unique, and free of the space that mountinfo escapes.
  const mark = basename(dirname(path)).replace(/^.* /, "");
  const { stdout } = await createExec().run({
    program: "losetup",
    args: ["--list", "--noheadings", "--output", "NAME,BACK-FILE"],
  });
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(
    pids.flatMap((pid) =>
      ["mountinfo", "cmdline"].map(async (name) => {
        const text = await readFile(join("/proc", pid, name), "utf8").catch(() => "");
        return text.replaceAll("\0", " ").split("\n");
      }),
    ),
  );
  const found = [...stdout.split("\n"), ...texts.flat()].filter((line) => line.includes(mark));
  return [...found, ...(await readdir(join(store, "runs")).catch(() => []))];
}
