import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Board, cardDrivers } from "@pibuild/pi-boot";

/** The files in which depmod(8) and a kernel list the modules that there are, and those that are built in. */
export const moduleLists = ["modules.dep", "modules.builtin"] as const;

/** Whether a kernel with these lists of modules reads the card, or the eMMC, that a board starts from. */
export function readsCard(board: Board, lists: readonly string[]): boolean {
  return cardDrivers[board].some((name) =>
    lists.some((list) => new RegExp(`(?:^|/)${name}\\.ko`, "m").test(list)),
  );
}

/** Whether one of the kernels in a tree does. True where there is none: then nothing is known of it. */
export async function treeReadsCard(board: Board, tree: string): Promise<boolean> {
  const modules = join(tree, "usr/lib/modules");
  const kernels = await readdir(modules).catch(() => []);
  const lists = await Promise.all(
    kernels.flatMap((kernel) =>
      moduleLists.map((name) => readFile(join(modules, kernel, name), "utf8").catch(() => "")),
    ),
  );
  return lists.every((list) => list === "") || readsCard(board, lists);
}
