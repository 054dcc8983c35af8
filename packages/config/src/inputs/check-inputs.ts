import { stat } from "node:fs/promises";
import { relative } from "node:path";
import { type ConfigIssue, PibuildError, sha256File } from "@pibuild/core";
import type { Image } from "../image.ts";
import type { ImageInput } from "./image-input.ts";

type Named = Pick<Image, "directory" | "inputs">;

/**
 * Whether every input of an image is the file that image.yaml means. Reads them whole. Throws
 * CONFIG_INVALID with all that are not.
 */
export async function checkInputs({ directory, inputs }: Named): Promise<void> {
  const found = await Promise.all(inputs.map((input) => issueOf(input, directory)));
  const issues = found.flatMap((issue) => issue ?? []);
  if (issues.length > 0) throw new PibuildError("CONFIG_INVALID", { issues });
}

async function issueOf(input: ImageInput, directory: string): Promise<ConfigIssue | undefined> {
  const { name, path, sha256, pathAt, sha256At } = input;
  const shown = `\`${relative(directory, path)}\``;
  const hint = `put input \`${name}\` there, or correct its \`path:\`, which starts at image.yaml`;
  try {
    // Reading a FIFO would wait for its writer.
    if (!(await stat(path)).isFile()) return { ...pathAt, message: `${shown} is no file`, hint };
    const actual = await sha256File(path);
    if (actual === sha256) return undefined;
    return {
      ...sha256At,
      message: `${shown} is not the expected file: its sha256 is \`${actual}\``,
      hint: "get the file with this sha256; if you mean the new file, write its sha256 here",
    };
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    return { ...pathAt, message: `${shown} ${reason}`, hint };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EACCES: "may not be read by this user",
};
