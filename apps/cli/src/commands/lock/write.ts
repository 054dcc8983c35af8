import type { Image } from "@pibuild/config";
import { count, placeFile } from "@pibuild/core";
import { lockFile } from "@pibuild/graph";
import { diffLocks, formatLock, type Lock } from "@pibuild/mirrors";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { giveBack } from "../../privilege/give-back.ts";
import { builtLock } from "./built-lock.ts";
import { changeLines } from "./change-lines.ts";
import { imageAndPackages, updateFlag, wordsOf } from "./parameters.ts";
import { updatedLock } from "./updated-lock.ts";

interface WriteFlags {
  readonly update: boolean;
}

export const write = buildCommand<WriteFlags, string[], CliContext>({
  docs: {
    brief: "Lock every package of a built image, so that later builds use the same ones",
    fullDescription:
      "Writes apps/<image>/pibuild.lock: the releases that apt had, and each package with its version, path\nand sum. Builds use these while the file is there. With --update it takes newer versions from mirrors, of all\npackages or of those that are named and what they need; nothing is built. Examples:\n  pibuild lock pi\n  pibuild lock pi --update\n  pibuild lock pi --update openssl",
  },
  parameters: { positional: imageAndPackages, flags: { update: updateFlag } },
  async func(this: CliContext, { update }, ...words) {
    const [name, packages] = wordsOf(words, update);
    const { image, lock, written } = update
      ? await updateOf(this, name, packages)
      : await builtOf(this, name);
    const file = lockFile(image);
    await placeFile(file, formatLock(written));
    await giveBack(this.env, [file]);
    if (lock !== undefined)
      for (const line of changeLines(diffLocks(lock, written))) this.out(line);
    const { packages: all, releases } = written;
    this.message(
      `${file}: ${count(all.length, "package")} of ${count(releases.length, "release")}`,
    );
  },
});

interface Written {
  readonly image: Image;
  /** What the lock was, where that is of interest. */
  readonly lock?: Lock;
  readonly written: Lock;
}

async function updateOf(
  context: CliContext,
  name: string,
  packages: readonly string[],
): Promise<Written> {
  const { updated, ...before } = await updatedLock(context, name, packages);
  return { ...before, written: updated };
}

async function builtOf(context: CliContext, name: string): Promise<Written> {
  const { image, built } = await builtLock(context, name);
  return { image, written: built };
}
