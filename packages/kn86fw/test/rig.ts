import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPibuildError } from "@pibuild/core";
import { type BuildOptions, buildPayload } from "../src/build/build-payload.ts";
import { cmdlineForm } from "../src/format/cmdline-form.ts";
import { signPayload } from "../src/sign/sign-payload.ts";
import { testSigners } from "./keys.ts";

export const chunkSize = 16384;
export const cmdlineOffset = 24576;
export const rootSize = 10 * chunkSize + 8192;
export const bootSize = 4 * chunkSize;
export const cmdline = {
  offset: cmdlineOffset,
  a: cmdlineForm("console=tty1 root=PARTUUID=4b4e3836-04 rootwait"),
  b: cmdlineForm("console=tty1 root=PARTUUID=4b4e3836-05 rootwait"),
};
export const description = {
  version: "1.2.0",
  securityEpoch: 3,
  compatible: "kn86-deckline",
  boards: ["zero2w"],
  layout: "1".repeat(64),
  createdAt: 1767225600,
};

/** A file of text that compresses, and that is another one for each name. */
export function content(name: string, size: number): Buffer {
  let bytes = Buffer.alloc(0);
  for (let i = 0; bytes.length < size; i++) {
    const word = createHash("sha256").update(`${name} ${i}`).digest("hex");
    bytes = Buffer.concat([bytes, Buffer.from(`${word}\n`.repeat(8))]);
  }
  return bytes.subarray(0, size);
}

/** Images of a system: with zeros in the root, and `cmdline.txt` of slot A in the boot image. */
export function systemImages(name: string): { boot: Buffer; root: Buffer } {
  const root = content(`${name} root`, rootSize);
  root.fill(0, 2 * chunkSize, 4 * chunkSize);
  const boot = content(`${name} boot`, bootSize);
  cmdline.a.copy(boot, cmdlineOffset);
  return { boot, root };
}

/** A directory of its own, gone with `await using`. */
export interface Rig extends AsyncDisposable {
  readonly directory: string;
  path(name: string): string;
  write(name: string, bytes: Buffer | string): Promise<string>;
  /** Builds and signs a payload of these images; returns its path. */
  payload(
    name: string,
    images: { boot: Buffer; root: Buffer },
    options?: Partial<BuildOptions>,
  ): Promise<string>;
}

export async function createRig(): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), "pibuild kn86fw-"));
  const path = (name: string) => join(directory, name);
  const write = async (name: string, bytes: Buffer | string) => {
    await writeFile(path(name), bytes);
    return path(name);
  };
  return {
    directory,
    path,
    write,
    async payload(name, { boot, root }, options = {}) {
      await buildPayload({
        output: path(name),
        description,
        boot: { path: await write(`${name}.boot`, boot) },
        root: { path: await write(`${name}.root`, root) },
        cmdline,
        chunkSize,
        ...options,
      });
      await signPayload({ payload: path(name), signers: [testSigners.first] });
      return path(name);
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/** The word with which something is refused; nothing where it is not. */
export async function refusalOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (isPibuildError(error, "PAYLOAD_REFUSED")) return error.data.refusal;
    throw error;
  }
}
