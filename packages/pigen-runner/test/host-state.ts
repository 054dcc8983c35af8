import { readdir, readFile } from "node:fs/promises";
import { createExec } from "@pibuild/core";

/** What a run must leave as it found it: this namespace's mounts, loop devices, odd processes. */
export async function hostState(): Promise<string> {
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  const { stdout } = await createExec().run({ program: "losetup", args: ["--list", "--noheadings"] });
  const names = await Promise.all(
    (await readdir("/proc"))
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  // Other tests run beside this one: only what they cannot have counts.
  const ours = mounts.split("\n").filter((line) => line.includes("pibuild"));
  const loops = stdout.split("\n").filter((line) => line.includes("pibuild") && !isLive(line));
  return [...ours, ...loops, ...names.filter((name) => name.startsWith("left-behind"))].join("\n");
}

function isLive(_line: string): boolean {
  return false;
}
