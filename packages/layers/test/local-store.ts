import {
  mkdir,
  mkdtemp,
  open,
  readFile,
  realpath,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createExec, removeTree, type Sha256 } from "@pibuild/core";
import { openStore } from "../src/index.ts";
import type { StoreRig } from "./store-rig.ts";

export interface LocalRig extends StoreRig {
  /** The store's directory. */
  readonly path: string;
  readonly at: {
    blob(digest: Sha256): string;
    record(fingerprint: Sha256): string;
    latest(image: string, step: string): string;
    kept(key: Sha256): string;
  };
}

/** A store in a directory, in a path with a space, with its accidents. Its layout is written down here again. */
export async function openLocalRig(): Promise<LocalRig> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild store-")));
  const path = join(directory, "a store");
  const at: LocalRig["at"] = {
    blob: (digest) => join(path, "blobs/sha256", digest.slice(0, 2), digest),
    record: (fingerprint) => join(path, "records", fingerprint.slice(0, 2), `${fingerprint}.json`),
    latest: (image, step) => join(path, "latest", image, `${step.replaceAll("/", "__")}.json`),
    kept: (key) => join(path, "twins", `${key}.json`),
  };
  return {
    directory,
    path,
    at,
    store: openStore(path),
    again: () => openStore(path),
    setContent: (digest, content) => overwrite(at.blob(digest), content),
    content: (digest) => readFile(at.blob(digest), "utf8").catch(() => undefined),
    setRecord: (fingerprint, text) => write(at.record(fingerprint), text),
    setLatest: (image, step, text) => write(at.latest(image, step), text),
    setKept: (key, text) => write(at.kept(key), text),
    async age(key, ms) {
      const time = (await stat(at.kept(key))).mtimeMs - ms;
      await utimes(at.kept(key), time / 1000, time / 1000);
    },
    async forbidWriting() {
      const exec = createExec();
      await exec.run({ program: "mount", args: ["--bind", path, path] });
      await exec.run({ program: "mount", args: ["-o", "remount,ro,bind", path] });
    },
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Changes a file where it lies, and nothing that `ls` would show, where the size is the same. */
async function overwrite(path: string, content: string | undefined): Promise<void> {
  if (content === undefined) return rm(path, { force: true });
  const { atime, mtime } = await stat(path);
  const file = await open(path, "r+");
  await file.truncate(content.length);
  await file.write(content, 0);
  await file.close();
  await utimes(path, atime, mtime);
}
