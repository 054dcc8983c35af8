import { copyFile, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { findWorkspace } from "@pibuild/config";
import { count } from "@pibuild/core";
import { fetched, lockFetching, lockFile, openImage, requireLock } from "@pibuild/graph";
import { collectFiles } from "@pibuild/mirrors";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { imageParameter } from "../common-parameters.ts";

export const exportLock = buildCommand<
  Record<never, never>,
  [image: string, directory: string],
  CliContext
>({
  docs: {
    brief:
      "Copy all packages of a lock into a directory, for builds on a machine without a network",
    fullDescription:
      "On that machine, with the same workspace:\n  PIBUILD_PACKAGES=<directory> PIBUILD_OFFLINE=1 pibuild build <image>",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        imageParameter.parameters[0],
        {
          brief: "A directory; it is made if it does not exist",
          parse: String,
          placeholder: "directory",
        },
      ],
    },
  },
  async func(this: CliContext, _flags, name, to) {
    const { env, signal } = this;
    const workspace = await findWorkspace(this.start);
    const open = await openImage({ workspace, name, env, signal });
    const lock = await requireLock(open.image);
    const directory = resolve(this.cwd, to);
    await mkdir(directory, { recursive: true });
    const files = await fetched(collectFiles(lock, directory, lockFetching(open)));
    await copyFile(lockFile(open.image), join(directory, "pibuild.lock"));
    this.message(`${directory}: ${count(files, "file")}`);
  },
});
