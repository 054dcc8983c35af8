import { cmdline, cmdlineOffset, content } from "../rig.ts";

/** Large enough for lines of an index that are less than a chunk. */
export const chunkSize = 65536;
const rootSize = 2 * chunkSize + 8192;
const bootSize = chunkSize + 8192;

/** Both images of a system, of three chunks and of two. */
export interface System {
  readonly boot: Buffer;
  readonly root: Buffer;
}

/** What devices run. */
export function oldSystem(): System {
  const root = content("old root", rootSize);
  root.fill(0, chunkSize, 2 * chunkSize);
  const boot = content("old boot", bootSize);
  cmdline.a.copy(boot, cmdlineOffset);
  return { boot, root };
}

/** The old one with changes, of which some leave whole runs of blocks as they were. */
export function newSystem(): System {
  const { boot, root } = oldSystem();
  const moved = Buffer.from(root.subarray(0, 10 * 4096));
  moved.copy(root, 4 * 4096);
  content("changed", 2 * 4096).copy(root, 0);
  content("changed boot", 4096).copy(boot, chunkSize);
  content("changed boot", 4096).copy(boot, 4096);
  return { boot, root };
}

/** The same but for one byte, in a block that the delta copies. */
export function touchedSystem(): System {
  const { boot, root } = oldSystem();
  root[5000] = (root[5000] as number) ^ 1;
  return { boot, root };
}
