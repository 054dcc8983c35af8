import { findWorkspace } from "@pibuild/config";
import { count, createExec, PibuildError } from "@pibuild/core";
import { lockOfRevision, readImage, requireLock } from "@pibuild/graph";
import { diffLocks, type LockChange } from "@pibuild/mirrors";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { imageParameter, jsonFlag } from "../common-parameters.ts";
import { builtLock } from "./built-lock.ts";
import { printChanges } from "./change-lines.ts";
import { imageAndPackages, updateFlag, wordsOf } from "./parameters.ts";
import { updatedLock } from "./updated-lock.ts";

interface JsonFlags {
  readonly json: boolean;
}

interface DiffFlags extends JsonFlags {
  readonly update: boolean;
  readonly from?: string;
  readonly to?: string;
}

export const check = buildCommand<JsonFlags, [image: string], CliContext>({
  docs: {
    brief: "Check whether a built image has exactly the packages of its lock; exits with 7 if not",
  },
  parameters: { positional: imageParameter, flags: { json: jsonFlag } },
  async func(this: CliContext, { json }, name) {
    const changes = await builtChanges(this, name);
    printChanges(this, json, changes);
    if (changes.length === 0) return;
    const detail = `${count(changes.length, "difference")} from pibuild.lock`;
    const hint = `build ${name} again from its lock, or write the lock anew with \`pibuild lock ${name}\``;
    throw new PibuildError("VERIFY_FAILED", { what: `the packages of ${name}`, detail, hint });
  },
});

const revision = {
  kind: "parsed",
  parse: String,
  optional: true,
  placeholder: "revision",
} as const;

export const diff = buildCommand<DiffFlags, string[], CliContext>({
  docs: {
    brief: "Show the packages in which a built image differs from its lock",
    fullDescription:
      "With --update, what an update would bring. With --from, how the lock has changed since a revision of\ngit, or from that to another. Examples:\n  pibuild lock diff pi\n  pibuild lock diff pi --update openssl\n  pibuild lock diff pi --from HEAD~1",
  },
  parameters: {
    positional: imageAndPackages,
    flags: {
      json: jsonFlag,
      update: updateFlag,
      from: { ...revision, brief: "A revision of git whose lock is compared" },
      to: { ...revision, brief: "With --from: another revision. Default: the lock as it is" },
    },
  },
  async func(this: CliContext, { json, update, from, to }, ...words) {
    const [name, packages] = wordsOf(words, update);
    if (to !== undefined && from === undefined)
      throw new PibuildError("USAGE", { message: "--to needs --from" });
    if (update && from !== undefined)
      throw new PibuildError("USAGE", { message: "--update and --from exclude each other" });
    const changes = update
      ? await updateChanges(this, name, packages)
      : from === undefined
        ? await builtChanges(this, name)
        : await revisionChanges(this, name, { from, to });
    printChanges(this, json, changes);
  },
});

async function builtChanges(context: CliContext, name: string): Promise<LockChange[]> {
  const { image, built } = await builtLock(context, name);
  return diffLocks(await requireLock(image), built);
}

async function updateChanges(
  context: CliContext,
  name: string,
  packages: readonly string[],
): Promise<LockChange[]> {
  const { lock, updated } = await updatedLock(context, name, packages);
  return diffLocks(lock, updated);
}

async function revisionChanges(
  { env, signal, start }: CliContext,
  name: string,
  { from, to }: { readonly from: string; readonly to: string | undefined },
): Promise<LockChange[]> {
  const image = await readImage({ workspace: await findWorkspace(start), name, env, signal });
  const exec = createExec({ signal });
  const later = to === undefined ? await requireLock(image) : await lockOfRevision(exec, image, to);
  return diffLocks(await lockOfRevision(exec, image, from), later);
}
