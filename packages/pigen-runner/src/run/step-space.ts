import { mkdir, statfs } from "node:fs/promises";
import { release } from "node:os";
import { type Exec, isPibuildError, PibuildError, parseSize, removeTree } from "@pibuild/core";
import { diskFull } from "./known-cause.ts";

/** An empty directory for all that one step writes; gone after disposal. */
export interface StepSpace extends AsyncDisposable {
  /** Takes a line that the step prints. */
  sees(line: string): void;
  /** Whether the space, smaller than the disk, was full or nearly so at any time. */
  wasFull(): Promise<boolean>;
}

/** Less is not worth trying: most steps would run twice. */
const leastBytes = 512 * 1024 ** 2;
/** How often space in memory is looked at, in milliseconds. */
const interval = 250;

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
 * Bytes of memory for what a step writes: those that were asked for, or half of what is available,
 * shared with the other builds that run now. Undefined where it belongs on disk: too little memory,
 * or a kernel whose memory filesystem cannot hold what a disk can (user's extended attributes:
 * Linux 6.6).
 */
export async function stepMemory(
  asked: number | undefined,
  countBuilds: () => Promise<number>,
): Promise<number | undefined> {
  if (!holdsUserAttributes(release())) return undefined;
  if (asked !== undefined) return asked === 0 ? undefined : asked;
  const builds = Math.max(1, await countBuilds());
  const bytes = Math.floor(process.availableMemory() / 2 / builds);
  return bytes < leastBytes ? undefined : bytes;
}

/** Whether tmpfs of this Linux release takes `user.*` attributes. */
export function holdsUserAttributes(linux: string): boolean {
  const [major = 0, minor = 0] = linux.split(".").map((part) => Number.parseInt(part, 10));
  return major > 6 || (major === 6 && minor >= 6);
}

/** Space in memory. No journal and no flush: the layer that is made of it is what lasts. */
export async function spaceInMemory(exec: Exec, path: string, bytes: number): Promise<StepSpace> {
  await mkdir(path, { recursive: true });
  const options = `size=${bytes},nr_inodes=0,mode=755`;
  await exec.run({ program: "mount", args: ["-t", "tmpfs", "-o", options, "tmpfs", path] });
  let full = false;
  const check = async () => {
    const { bavail, blocks } = await statfs(path);
    if (bavail < blocks / 20) full = true;
  };
  // A step may run into the end, make room again, and end as if nothing had happened.
  const watch = setInterval(() => void check().catch(() => undefined), interval);
  return {
    sees(line) {
      if (diskFull.test(line)) full = true;
    },
    async wasFull() {
      await check();
      return full;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(watch);
      // `exec` starts nothing more once somebody has stopped the build.
      await removeTree(path);
    },
  };
}

/** Space on the disk that `path` is on. */
export async function spaceOnDisk(path: string): Promise<StepSpace> {
  await removeTree(path);
  await mkdir(path, { recursive: true });
  return {
    sees: () => undefined,
    wasFull: async () => false,
    [Symbol.asyncDispose]: () => removeTree(path),
  };
}

/**
 * Whether a failure in memory may come from the memory: not where somebody stopped the build or
 * changed a script. A step that was killed may have been so for want of memory.
 */
export async function mayLackSpace(error: unknown, space: StepSpace): Promise<boolean> {
  if (isPibuildError(error, "INTERRUPTED") || isPibuildError(error, "STEP_CHANGED")) return false;
  const killed = isPibuildError(error, "STEP_FAILED") && error.data.failure.exitCode === 137;
  return killed || (await space.wasFull());
}
