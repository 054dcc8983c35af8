import { existsSync } from "node:fs";
import { access, constants, mkdir, readdir, readFile, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  acquireLock,
  createRunDirectory,
  isPibuildError,
  privateDirectory,
  sweep,
} from "@pibuild/core";
import type { Scratch } from "../scratch.ts";
import { layout } from "./layout.ts";
import { makeOwn } from "./own.ts";
import { orUnusable } from "./unusable.ts";

/** How often a directory may go away while it is locked. */
const mostTries = 10;

/** Opens the scratch space in the directory of a local store, which need not exist yet. */
export function openScratch(directory: string): Scratch {
  const at = layout(directory);
  return {
    async prepare() {
      await orUnusable(directory, () => privateDirectory(directory));
    },
    async free() {
      return { path: directory, freeBytes: await freeBytes(directory) };
    },
    async openRun() {
      await takesFiles(at.runs);
      return orUnusable(at.runs, async () => {
        const inUse = await acquireLock(at.inUse, { shared: true });
        try {
          const run = await createRunDirectory(at.runs, runName());
          const dispose = run[Symbol.asyncDispose];
          return {
            ...run,
            async [Symbol.asyncDispose]() {
              await dispose();
              await inUse[Symbol.asyncDispose]();
            },
          };
        } catch (error) {
          await inUse[Symbol.asyncDispose]();
          throw error;
        }
      });
    },
    async hold() {
      try {
        await takesFiles(directory);
      } catch (error) {
        if (!isPibuildError(error, "STORE_UNUSABLE")) throw error;
        return { async [Symbol.asyncDispose]() {} };
      }
      return orUnusable(at.inUse, () => acquireLock(at.inUse, { shared: true }));
    },
    async countRuns() {
      const names = await readdir(at.runs).catch(() => []);
      return names.filter((name) => name.endsWith(".lock")).length;
    },
    async reserve(onWait, signal) {
      const wait = async () => onWait(await runNames(at.runs));
      for (let tries = 1; ; tries += 1) {
        await takesFiles(directory);
        try {
          const lock = () => acquireLock(at.inUse, { onWait: wait, signal });
          return await orUnusable(at.inUse, lock);
        } catch (error) {
          // Another that empties the store may have removed it meanwhile.
          if (existsSync(at.inUse) || tries === mostTries) throw error;
        }
      }
    },
    sweep: (emit) => orUnusable(at.runs, () => sweep(at.runs, emit).catch(readOnly)),
    async lock(key, onWait) {
      await takesFiles(dirname(at.lock(key)));
      return orUnusable(at.lock(key), () =>
        acquireLock(at.lock(key), onWait === undefined ? {} : { onWait }),
      );
    },
    async download(digest) {
      const path = at.download(digest);
      await orUnusable(path, () => makeOwn(directory, dirname(path)));
      return path;
    },
    failed: at.failed,
    upstream: at.upstream,
  };
}

/** Nothing runs where nothing can be written. */
function readOnly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EROFS") throw error;
}

/** What a person knows a run by. */
function runName(): string {
  return `\`pibuild ${process.argv.slice(2).join(" ")}\` in ${process.cwd()}`;
}

async function runNames(runs: string): Promise<string[]> {
  const locks = (await readdir(runs).catch(() => [])).filter((name) => name.endsWith(".lock"));
  const names = await Promise.all(
    locks.map((name) => readFile(join(runs, name), "utf8").catch(() => "")),
  );
  return names.filter((name) => name !== "");
}

/** flock(1) would only tell that it has no lock. */
async function takesFiles(path: string): Promise<void> {
  await orUnusable(path, async () => {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
  });
}

async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    if (path === dirname(path)) throw error;
    return freeBytes(dirname(path));
  }
}
