import { stat } from "node:fs/promises";
import { PibuildError } from "@pibuild/core";
import { type DiskReader, openDisk } from "@pibuild/partitioner";

/** How compressed files begin, and what unpacks them. */
const compressed: readonly [kind: string, magic: string, command: string][] = [
  ["xz", "\xfd7zXZ\0", "xz -dk"],
  ["gzip", "\x1f\x8b", "gunzip -k"],
  ["zstd", "\x28\xb5\x2f\xfd", "zstd -dk"],
  ["zip", "PK\x03\x04", "unzip"],
];

/**
 * Opens a disk image or a device for a command of that name. Throws USAGE and ENV_NEEDS_ROOT with
 * what to do.
 */
export async function openInspectedDisk(
  path: string,
  command: string,
): Promise<DiskReader & AsyncDisposable> {
  const refuse = (error: NodeJS.ErrnoException) => refused(path, command, error);
  const stats = await stat(path).catch(refuse);
  // Opening a pipe would wait for somebody to write into it.
  if (!stats.isFile() && !stats.isBlockDevice()) usage(`\`${path}\` is no file and no disk`);
  const disk = await openDisk(path).catch(refuse);
  try {
    const head = (await disk.read(0, 8).catch(refuse)).toString("latin1");
    const found = compressed.find(([, magic]) => head.startsWith(magic));
    if (found === undefined) return disk;
    const [kind, , unpack] = found;
    return usage(`\`${path}\` is compressed (${kind}); unpack it first: \`${unpack} ${path}\``);
  } catch (error) {
    await disk[Symbol.asyncDispose]();
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  ENOMEDIUM: "has no card in it",
  ENXIO: "has no card in it",
};

function refused(path: string, command: string, error: NodeJS.ErrnoException): never {
  if (error.code === "EACCES" || error.code === "EPERM") {
    const data = { task: `reading \`${path}\``, command: `pibuild ${command} ${path}` };
    throw new PibuildError("ENV_NEEDS_ROOT", data, { cause: error });
  }
  const reason = reasons[error.code ?? ""];
  if (reason === undefined) throw error;
  return usage(`\`${path}\` ${reason}`);
}

function usage(message: string): never {
  throw new PibuildError("USAGE", { message });
}
