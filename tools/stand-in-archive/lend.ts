import { rmSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * A directory below /dev, until disposal: pi-gen binds the host's /dev into every chroot, so what
 * is there can be read in one without being in its tree. Its name is in the tree, though, as part
 * of a setting.
 */
export async function lendDirectory(
  name: string,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = join("/dev", `pibuild-conformance-${name}`);
  const removeNow = () => rmSync(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    throw new Error(`another run is using ${path}; where none is, remove it`);
  });
  process.once("exit", removeNow);
  return {
    path,
    async [Symbol.asyncDispose]() {
      process.off("exit", removeNow);
      await rm(path, { recursive: true, force: true });
    },
  };
}
