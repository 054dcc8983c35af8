import { rmSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";

/**
 * A directory below /dev, until disposal: pi-gen binds the host's /dev into every chroot, so what
 * is there can be read in one without being in its tree.
 */
export async function lendDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = `/dev/pibuild-conformance-${process.pid}`;
  const removeNow = () => rmSync(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o755 });
  process.once("exit", removeNow);
  return {
    path,
    async [Symbol.asyncDispose]() {
      process.off("exit", removeNow);
      await rm(path, { recursive: true, force: true });
    },
  };
}
