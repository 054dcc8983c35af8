import { join } from "node:path";
import { buildId } from "../elf.ts";
import { elfOf, type TwinTrees } from "./twin-files.ts";

/** A program that both trees have. */
export interface FoundProgram {
  readonly host: string;
  /** As a tree with a merged /usr has it, relative to the tree. */
  readonly path: string;
  readonly targetId: string;
}

/** Looks where programs lie, also in a tree whose /usr is not merged. */
export async function findInTrees(
  sources: TwinTrees,
  name: string,
): Promise<FoundProgram | undefined> {
  const places = name.includes("/") ? [""] : ["bin", "sbin"];
  for (const place of places) {
    for (const prefix of ["usr", ""]) {
      const inside = join(prefix, place, name);
      const target = await elfOf(join(sources.target, inside));
      const targetId = target && buildId(target);
      if (targetId === undefined || (await elfOf(join(sources.host, inside))) === undefined)
        continue;
      return { host: join(sources.host, inside), path: join("usr", place, name), targetId };
    }
  }
  return undefined;
}
