import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface ScratchWorkspace extends AsyncDisposable {
  readonly path: string;
  write(file: string, text: string): Promise<void>;
}

/** A workspace in a directory with a space in its name, with the empty stages that tests name. */
export async function scratchWorkspace(): Promise<ScratchWorkspace> {
  const root = await mkdtemp(join(tmpdir(), "pibuild config-"));
  for (const stage of [
    "debian-base",
    "debian-lite",
    "partitions",
    "slots",
    "export",
    "with space/kiosk",
  ]) {
    await mkdir(join(root, "stages", stage), { recursive: true });
  }
  await mkdir(join(root, "apps"));
  return {
    path: root,
    async write(file, text) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

/** Runs something that must fail, and gives its error. */
export async function failure(action: Promise<unknown>): Promise<unknown> {
  return action.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error,
  );
}
