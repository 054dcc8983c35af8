import { lstatSync } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { type Exec, nullEnded, pathBytes } from "@pibuild/core";
import { type ChangedTrees, type LayerStack, layerParts } from "./layer-stack.ts";

/** Part of a layer's meaning: the directory hides what lies below it. */
const opaque = "trusted.overlay.opaque";

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
    bytes: true,
  });
  for (const [name, all] of attributesByName(stdout)) {
    if (name === opaque) continue;
    await removeAttribute(exec, name, await oneNameEach(all));
  }
}

/**
 * Takes the mark that a directory hides what lies below it off those that hide nothing. Kernels before 5.15
 * put it on every new directory, later ones where it is needed: the layers of both are to be the same.
 */
export async function dropIdleOpaque(
  exec: Exec,
  changes: ChangedTrees,
  stack: LayerStack,
): Promise<void> {
  const trees = layerParts.flatMap((part) => changes[part] ?? []);
  const { stdout } = await exec.run({
    program: "getfattr",
    args: [
      ...["--recursive", "--physical", "--no-dereference", "--absolute-names"],
      ...["--match", "^trusted\\.overlay\\.opaque$", ...trees],
    ],
    bytes: true,
  });
  const found = attributesByName(stdout).get(opaque) ?? [];
  const idle = layerParts.flatMap((part) => {
    const tree = changes[part];
    if (tree === undefined) return [];
    const top = Buffer.from(tree);
    const below = stack.lowers(part).map((layer) => join(stack.directory, layer));
    return found
      .filter((path) => path.equals(top) || path.indexOf(`${tree}/`) === 0)
      .filter(
        (path) => !below.some((layer) => isThere(pathBytes(layer, path.subarray(top.length)))),
      );
  });
  await removeAttribute(exec, opaque, idle);
}

/** A whiteout is there, too: what it hides further down has to stay hidden. */
function isThere(path: Buffer): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** Takes an attribute off files. */
export async function removeAttribute(
  exec: Exec,
  name: string,
  paths: readonly Buffer[],
): Promise<void> {
  if (paths.length === 0) return;
  await exec.run({
    program: "xargs",
    args: ["--null", "setfattr", "--no-dereference", "--remove", name],
    input: nullEnded(paths),
  });
}

/** Of the names of a file the first: what is removed by one name is gone by the others. */
export async function oneNameEach(paths: readonly Buffer[]): Promise<Buffer[]> {
  const seen = new Set<string>();
  const first: Buffer[] = [];
  for (const path of paths) {
    const { dev, ino } = await lstat(path, { bigint: true });
    const inode = `${dev}:${ino}`;
    if (!seen.has(inode)) first.push(path);
    seen.add(inode);
  }
  return first;
}

/** Paths by attribute (its name, or `name=value` in a dump), from getfattr's listing as `bytes`. */
export function attributesByName(listing: string): Map<string, Buffer[]> {
  const result = new Map<string, Buffer[]>();
  let path: Buffer = Buffer.alloc(0);
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
function unquote(text: string): Buffer {
  const bytes = text.replaceAll(/\\([0-7]{3})/g, (_match, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
  return Buffer.from(bytes, "latin1");
}
