import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { findWorkspace } from "@pibuild/config";
import { formatCommand, PibuildError } from "@pibuild/core";
import { openImage } from "@pibuild/graph";
import { defaultLimits, type RenderedFile, renderFragments } from "@pibuild/mirrors";
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../../context.ts";
import { ownArchives } from "../../mirrors/own-archives.ts";
import { imageParameter } from "../common-parameters.ts";

interface RenderFlags {
  readonly output?: string;
}

export const render = buildCommand<RenderFlags, [image: string], CliContext>({
  docs: {
    brief: "Write an image's mirrors as stages for a build of pi-gen's own, without pibuild",
    fullDescription: [
      "One sub-stage holds apt to the mirrors, one takes all of it out of the image again. Builds of",
      "pibuild need neither: they have a proxy. Without --output, prints the files.",
    ].join("\n"),
  },
  parameters: {
    positional: imageParameter,
    flags: {
      output: {
        kind: "parsed",
        parse: String,
        brief: "An empty directory, or one that does not exist, to write to",
        optional: true,
        placeholder: "directory",
      },
    },
  },
  async func(this: CliContext, { output }, name) {
    const workspace = await findWorkspace(this.start);
    const { context, image } = await openImage({
      workspace,
      name,
      env: this.env,
      signal: this.signal,
    });
    const archives = ownArchives(context.spec.packages).filter(
      (each) => each.candidates.length > 0,
    );
    const { retries, timeoutMs, aptOptions, otherAptOptions } = image.packages;
    const files = renderFragments(archives, {
      retries: retries ?? defaultLimits.retries,
      timeoutMs: timeoutMs ?? defaultLimits.answerMs,
      lines: [...aptOptions, ...otherAptOptions],
    });
    if (output === undefined) {
      for (const { path, text } of files) this.out(`# ${path}\n${text}`);
      return;
    }
    await write(resolve(this.cwd, output), files);
    const copy = formatCommand(["cp", "--recursive", `${output}/.`, "pi-gen/"]);
    this.message(`wrote ${files.length} files; put them into a checkout of pi-gen: ${copy}`);
  },
});

/** Throws USAGE where something is there: lists of an older policy would stay. */
async function write(directory: string, files: readonly RenderedFile[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) {
    throw new PibuildError("USAGE", {
      message: `\`${directory}\` is not empty; give another directory`,
    });
  }
  for (const { path, text, executable } of files) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    await chmod(target, executable ? 0o755 : 0o644);
  }
}
