import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "../src/resources/remove-tree.ts";

export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

/** A directory of a test's own, with a space in its path. */
export async function scratch(): Promise<Scratch> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "pibuild core-")));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await removeTree(path);
    },
  };
}
