import { mkdir, statfs } from "node:fs/promises";
import { release } from "node:os";
import { parseSize } from "@pibuild/config";
import { type Exec, isPibuildError, PibuildError, removeTree } from "@pibuild/core";

/** An empty directory for all that one step writes; gone after disposal. */
export interface StepRoom extends AsyncDisposable {
  /** Whether this failure comes from a room that is smaller than the disk. */
  wasFull(error: unknown): Promise<boolean>;
}

/** Less is not worth trying: most steps would run twice. */
const leastBytes = 512 * 1024 ** 2;

/**
 * What PIBUILD_STEP_MEMORY asks for, a size such as `4GiB`: the memory that the files a step
 * writes may take. `0` puts them on disk. Throws USAGE.
 */
export function askedMemory({ PIBUILD_STEP_MEMORY: text }: NodeJS.ProcessEnv): number | undefined {
  if (text === undefined || text === "") return undefined;
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  const message = `PIBUILD_STEP_MEMORY is \`${text}\`; a size such as \`4GiB\` is expected, or \`0\``;
  throw new PibuildError("USAGE", { message });
}

/**
 * Bytes of memory for a step's room: those that were asked for, or half of what is available.
 * Undefined where it belongs on disk: too little memory, or a kernel whose memory filesystem
 * cannot hold what a disk can (user's extended attributes: Linux 6.6).
 */
export function stepMemory(asked: number | undefined): number | undefined {
  if (!holdsUserAttributes(release())) return undefined;
  const bytes = asked ?? Math.floor(process.availableMemory() / 2);
  return bytes === 0 || (asked === undefined && bytes < leastBytes) ? undefined : bytes;
}

/** Whether tmpfs of this Linux release takes `user.*` attributes. */
export function holdsUserAttributes(linux: string): boolean {
  const [major = 0, minor = 0] = linux.split(".").map((part) => Number.parseInt(part, 10));
  return major > 6 || (major === 6 && minor >= 6);
}

/** A room in memory. No journal and no flush: the layer that is made of it is what lasts. */
export async function openMemory(exec: Exec, path: string, bytes: number): Promise<StepRoom> {
  await mkdir(path, { recursive: true });
  const options = `size=${bytes},nr_inodes=0,mode=755`;
  await exec.run({ program: "mount", args: ["-t", "tmpfs", "-o", options, "tmpfs", path] });
  return {
    async wasFull(error) {
      const cause = error instanceof Error ? error.cause : undefined;
      if ([error, cause].some((one) => isPibuildError(one, "ENV_DISK_FULL"))) return true;
      const { bavail, blocks } = await statfs(path);
      return bavail < blocks / 20;
    },
    async [Symbol.asyncDispose]() {
      await exec.run({ program: "umount", args: ["--lazy", path] });
    },
  };
}

/** A room on the disk that `path` is on. */
export async function openDisk(path: string): Promise<StepRoom> {
  await removeTree(path);
  await mkdir(path, { recursive: true });
  return {
    wasFull: async () => false,
    [Symbol.asyncDispose]: () => removeTree(path),
  };
}
