import { existsSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { type Release, releases } from "@pibuild/config";
import { didYouMean, PibuildError } from "@pibuild/core";
import { type Answers, type Base, bases } from "@pibuild/project";
import type { CliContext } from "../context.ts";

/** The flags that answer for a new project; what is undefined is asked for on a terminal. */
export interface AnswerFlags {
  readonly name?: string;
  readonly base?: Base;
  readonly release?: string;
  readonly sshKey?: string;
}

/** What an image's name looks like, as image.yaml's schema has it. */
const imageName = /^[a-z0-9][a-z0-9._-]*$/;

/** The answers for a new project: flags, then the person at a terminal, then what most people want. */
export async function askForProject(
  context: CliContext,
  directory: string,
  flags: AnswerFlags,
): Promise<Answers> {
  const ask = async (question: string, usual: string, given: string | undefined) => {
    if (given !== undefined || context.ask === undefined) return given ?? usual;
    return (await context.ask(`${question} (${usual || "none"}): `)).trim() || usual;
  };
  const name = await ask("Name of the image", usualName(directory), flags.name);
  if (!imageName.test(name)) {
    throw usage(
      `\`${name}\` is no name of an image: use a-z, 0-9, \`.\`, \`_\` and \`-\` (--name)`,
    );
  }
  const keys = Object.keys(bases) as Base[];
  const base = await ask(`What it stands on, ${keys.join(" or ")}`, "raspios", flags.base);
  const release = await ask(`Debian release, ${releases.join(" or ")}`, "trixie", flags.release);
  const key = await ask("File with your public SSH key, for the login", "", flags.sshKey);
  return {
    name,
    base: oneOf(keys, base, "--base"),
    release: oneOf<Release>(releases, release, "--release"),
    sshKeys: key === "" ? "" : readKey(context, key),
  };
}

function usualName(directory: string): string {
  const plain = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-");
  const name = plain.replace(/^[^a-z0-9]+|-+$/g, "");
  // The image's stage would be called as one of pi-gen's.
  return name === "" || /^(?:stage\d|export-image)$/.test(name) ? "kiosk" : name;
}

function readKey({ cwd, env }: CliContext, file: string): string {
  const path = resolve(cwd, file.replace(/^~(?=\/)/, env.HOME ?? "~"));
  if (!existsSync(path)) throw usage(`\`${file}\` does not exist (--ssh-key)`);
  const text = readFileSync(path, "utf8").trim();
  if (/PRIVATE KEY/.test(text))
    throw usage(`\`${file}\` is a private key: name the one that ends with .pub`);
  if (!/^(?:\S+ )?(?:ssh-|ecdsa-|sk-)/.test(text))
    throw usage(`\`${file}\` holds no public SSH key (--ssh-key)`);
  return text;
}

function oneOf<T extends string>(words: readonly T[], given: string, flag: string): T {
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  const near = didYouMean(given, words);
  const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
  throw usage(`expected ${words.join(" or ")}, found \`${given}\` (${flag})${hint}`);
}

function usage(message: string): PibuildError<"USAGE"> {
  return new PibuildError("USAGE", { message });
}
