import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson, openNew, partBeside, sha256, sha256File } from "@pibuild/core";
import type { FoundResult, ResultKey, TaskResults } from "../results.ts";
import { headerLine, readHeader } from "./result-file.ts";

/**
 * Results in a directory, one file each, which need not exist yet. Many processes may use it at the
 * same time. A file is complete or not there, and one that rotted is a miss and goes.
 */
export function openResults(directory: string): TaskResults {
  const pathOf = (key: ResultKey) => {
    const name = sha256(canonicalJson(key));
    return join(directory, name.slice(0, 2), name);
  };
  return {
    async find(key) {
      const path = pathOf(key);
      const found = await check(path);
      if (found === undefined) await rm(path, { force: true });
      return found;
    },
    async put(key, file, notes) {
      const path = pathOf(key);
      if ((await check(path)) !== undefined) return false;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const header = { sha256: await sha256File(file), bytes: (await stat(file)).size, notes };
      const part = partBeside(path);
      try {
        await using target = await openNew(part);
        await target.write(headerLine(header));
        for await (const piece of createReadStream(file)) await target.write(piece);
        await target.sync();
        await rm(path, { force: true });
        return await link(part, path).then(() => true, isThere);
      } finally {
        await rm(part, { force: true });
      }
    },
  };
}

async function check(path: string): Promise<FoundResult | undefined> {
  const read = await readHeader(path);
  if (read === undefined) return undefined;
  const { header, length } = read;
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const piece of createReadStream(path, { start: length })) {
    hash.update(piece);
    bytes += piece.length;
  }
  if (bytes !== header.bytes || hash.digest("hex") !== header.sha256) return undefined;
  return { path, start: length, bytes, notes: header.notes };
}

/** Another writer was first. */
function isThere(error: NodeJS.ErrnoException): false {
  if (error.code === "EEXIST") return false;
  throw error;
}
