import { readFileSync } from "node:fs";

/** Mount points of this process's mount namespace at or below a path, innermost first. */
export function mountsBelow(path: string): string[] {
  return parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8"))
    .filter((target) => target === path || target.startsWith(`${path}/`))
    .reverse();
}

/** The targets of `/proc/<pid>/mountinfo`, in mount order; proc_pid_mountinfo(5) escapes octally. */
export function parseMountInfo(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" ")[4] ?? "")
    .map((target) =>
      target.replaceAll(/\\([0-7]{3})/g, (_match, code: string) =>
        String.fromCharCode(Number.parseInt(code, 8)),
      ),
    );
}
