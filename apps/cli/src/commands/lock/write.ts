import { findWorkspace } from "@pibuild/config";
import { count, isPibuildError, PibuildError, placeFile } from "@pibuild/core";
import { lockFile, lockImage, openImage, requireLock } from "@pibuild/graph";
import { diffLocks, formatLock, type LockChange } from "@pibuild/mirrors";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { giveBack } from "../../privilege/give-back.ts";
import { imageParameter, jsonFlag } from "../common-parameters.ts";

interface JsonFlags {
  readonly json: boolean;
}

export const write = buildCommand<Record<never, never>, [image: string], CliContext>({
  docs: {
    brief: "Lock every package of a built image, so that later builds use the same ones",
    fullDescription:
      "Writes apps/<image>/pibuild.lock: the releases that apt had, and each package with its version, path\nand sum. Builds use these while the file is there. To update, remove it, build, and write it again.",
  },
  parameters: { positional: imageParameter },
  async func(this: CliContext, _flags, name) {
    const { image, built } = await compare(this, name);
    const file = lockFile(image);
    await placeFile(file, formatLock(built));
    await giveBack(this.env, [file]);
    const { packages, releases } = built;
    this.message(
      `${file}: ${count(packages.length, "package")} of ${count(releases.length, "release")}`,
    );
  },
});

export const check = buildCommand<JsonFlags, [image: string], CliContext>({
  docs: {
    brief: "Check whether a built image has exactly the packages of its lock; exits with 7 if not",
  },
  parameters: { positional: imageParameter, flags: { json: jsonFlag } },
  async func(this: CliContext, { json }, name) {
    const changes = await changesOf(this, name);
    print(this, json, changes);
    if (changes.length === 0) return;
    const detail = `${count(changes.length, "difference")} from pibuild.lock`;
    const hint = `build ${name} again from its lock, or write the lock anew with \`pibuild lock ${name}\``;
    throw new PibuildError("VERIFY_FAILED", { what: `the packages of ${name}`, detail, hint });
  },
});

export const diff = buildCommand<JsonFlags, [image: string], CliContext>({
  docs: {
    brief: "Show the packages in which a built image differs from its lock",
  },
  parameters: { positional: imageParameter, flags: { json: jsonFlag } },
  async func(this: CliContext, { json }, name) {
    print(this, json, await changesOf(this, name));
  },
});

async function changesOf(context: CliContext, name: string): Promise<LockChange[]> {
  const { image, built } = await compare(context, name);
  return diffLocks(await requireLock(image), built);
}

async function compare(context: CliContext, name: string) {
  const { env, signal } = context;
  const workspace = await findWorkspace(context.start);
  const read = async (unlocked: boolean) => {
    const open = await openImage({ workspace, name, env, signal, unlocked });
    return { image: open.image, ...(await lockImage(open)) };
  };
  const {
    image,
    lock: built,
    unknown,
  } = await read(false).catch((error: unknown) => {
    // What was built before there was a lock has other fingerprints.
    if (isPibuildError(error, "USAGE")) return read(true);
    throw error;
  });
  for (const each of unknown)
    context.message(`warning: ${each} is installed, and no archive of the image has it`);
  return { image, built };
}

function print(context: CliContext, json: boolean, changes: readonly LockChange[]): void {
  if (json) {
    context.json({ schema: 1, changes });
    return;
  }
  for (const { what, name, from = "-", to = "-" } of changes)
    context.out(`${what}  ${name}  ${from}  ->  ${to}`);
}
