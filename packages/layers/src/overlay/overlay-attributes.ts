import { lstatSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Exec } from "@pibuild/core";
import type { LayerStack } from "./layer-stack.ts";

/** Part of a layer's meaning: the directory hides what lies below it. */
const opaque = "trusted.overlay.opaque";
/** How many paths one call of setfattr gets, well below the limit of an argument list. */
const batch = 500;

/**
 * Removes what overlayfs noted for itself (`origin`, `impure`, ...) from trees of changes.
 * It holds file handles of this run's mounts, so it would differ from run to run.
 */
export async function stripOverlayAttributes(exec: Exec, trees: readonly string[]): Promise<void> {
  const { stdout } = await exec.run({
    program: "getfattr",
    args: [
      "--recursive",
      "--physical",
      "--no-dereference",
      "--absolute-names",
      "--match",
      "^trusted\\.overlay\\.",
      ...trees,
    ],
  });
  for (const [name, all] of attributesByName(stdout)) {
    if (name === opaque) continue;
    const paths = await oneNameEach(all);
    for (let start = 0; start < paths.length; start += batch) {
      await exec.run({
        program: "setfattr",
        args: ["--no-dereference", "--remove", name, ...paths.slice(start, start + batch)],
      });
    }
  }
}

/**
 * Takes the mark that a directory hides what lies below it off those that hide nothing. Kernels before 5.15
 * put it on every new directory, later ones where it is needed: the layers of both are to be the same.
 */
export async function dropIdleOpaque(
  exec: Exec,
  changes: { readonly rootfs: string; readonly work: string },
  stack: LayerStack,
): Promise<void> {
  for (const part of ["rootfs", "work"] as const) {
    const { stdout } = await exec.run({
      program: "getfattr",
      args: [
        ...["--recursive", "--physical", "--no-dereference", "--absolute-names"],
        ...["--match", "^trusted\\.overlay\\.opaque$", changes[part]],
      ],
    });
    const below = stack.lowers(part).map((layer) => join(stack.directory, layer));
    for (const path of attributesByName(stdout).get(opaque) ?? []) {
      const inside = relative(changes[part], path);
      if (below.some((layer) => isThere(join(layer, inside)))) continue;
      await exec.run({ program: "setfattr", args: ["--remove", opaque, path] });
    }
  }
}

/** A whiteout is there, too: what it hides further down has to stay hidden. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** Of the names of a file the first: what is removed by one name is gone by the others. */
async function oneNameEach(paths: readonly string[]): Promise<string[]> {
  const seen = new Set<string>();
  const first: string[] = [];
  for (const path of paths) {
    const { dev, ino } = await lstat(path, { bigint: true });
    const inode = `${dev}:${ino}`;
    if (!seen.has(inode)) first.push(path);
    seen.add(inode);
  }
  return first;
}

/** Paths by attribute (its name, or `name=value` in a dump), from getfattr's listing. */
export function attributesByName(listing: string): Map<string, string[]> {
  const result = new Map<string, string[]>();
  let path = "";
  for (const line of listing.split("\n")) {
    if (line.startsWith("# file: ")) path = unquote(line.slice("# file: ".length));
    else if (line !== "") {
      const paths = result.get(line);
      if (paths === undefined) result.set(line, [path]);
      else paths.push(path);
    }
  }
  return result;
}

/** getfattr writes line ends and backslashes of a name as `\\ooo`. */
function unquote(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_match, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}
