import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Sha256 } from "@pibuild/core";
import { openRegistry } from "@pibuild/registry";

/** Sends all files of a directory of blobs, or brings them to another; prints the most memory, in MiB. */
const [way = "", address = "", from = "", to = ""] = process.argv.slice(2);
const repository = openRegistry(address).repository();
const names = (await readdir(from)) as Sha256[];
const sized = await Promise.all(
  names.map(async (digest) => ({ digest, bytes: (await stat(join(from, digest))).size })),
);
// As a build does: two at a time.
const lanes = [0, 1].map(async (lane) => {
  for (const blob of sized.filter((_, index) => index % 2 === lane)) {
    if (way === "push")
      await repository.push(blob, { file: join(from, blob.digest), bytes: blob.bytes });
    else await repository.pull(blob, join(to, blob.digest));
  }
});
await Promise.all(lanes);
process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
