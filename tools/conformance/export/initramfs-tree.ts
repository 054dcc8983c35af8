import { mkdir, readFile } from "node:fs/promises";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Exec } from "@pibuild/core";

/** Unpacks an initramfs that is one compressed archive, as arm64's are, into a new directory. */
export async function unpackInitramfs(exec: Exec, file: string, directory: string): Promise<void> {
  const bytes = await readFile(file);
  const archive = bytes[0] === 0x1f ? gunzipSync(bytes) : zstdDecompressSync(bytes);
  await mkdir(directory, { recursive: true });
  await exec.run({
    program: "cpio",
    args: ["--extract", "--quiet", "--make-directories", "--no-absolute-filenames"],
    cwd: directory,
    input: archive,
  });
}
