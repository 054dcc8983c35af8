import { mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isCmdlineForm } from "../format/cmdline-form.ts";
import { cmdlineBytes, usualChunk } from "../format/limits.ts";
import type { Manifest } from "../format/manifest.ts";
import { unlikeBlocks } from "../format/unlike-blocks.ts";
import type { Source } from "../read/source.ts";
import { unusable } from "../refuse.ts";
import { assemble } from "./assemble.ts";
import { readBaseBlocks } from "./base-blocks.ts";
import { checkImage } from "./check-image.ts";
import { composeManifest } from "./compose-manifest.ts";
import { compressImage } from "./compress-image.ts";

/** What a payload says of the system in it; docs/kn86fw.md says what each field means. */
export type Description = Pick<
  Manifest,
  "version" | "securityEpoch" | "compatible" | "createdAt"
> & { readonly boards: readonly string[]; readonly layout: string };

/** An image, and the bytes of the partition that it is for. */
export interface SlotImage {
  readonly image: Source;
  readonly slot: number;
}

/** The system that a delta builds upon. */
export interface Base {
  readonly description: NonNullable<Manifest["base"]>;
  readonly boot: Source;
  readonly root: Source;
}

export interface WriteOptions {
  readonly output: string;
  readonly description: Description;
  readonly boot: SlotImage;
  readonly root: SlotImage;
  /** Where `cmdline.txt` is in the boot image, and its 512 bytes for either slot. */
  readonly cmdline: { readonly offset: number; readonly a: Buffer; readonly b: Buffer };
  readonly base?: Base;
  /** Of zstd; 3 where nothing is said. */
  readonly level?: number;
  readonly chunkSize?: number;
}

/**
 * Writes a payload without signatures. `output` is there whole or not at all. Its bytes depend on
 * the images, the description, the level and the version of zstd in Node.js, and on nothing else.
 */
export async function writePayload(options: WriteOptions): Promise<Manifest> {
  const { output, boot, root, cmdline, base, level = 3, chunkSize = usualChunk } = options;
  checkImage("boot", boot);
  checkImage("root", root);
  await checkCmdline(options);
  const work = await mkdtemp(join(dirname(output), `.${basename(output)}.`));
  try {
    const common = { chunkSize, level };
    const packedRoot = await compressImage(root.image, {
      ...common,
      output: join(work, "root"),
      ...(base === undefined ? {} : { base: await readBaseBlocks(base.root) }),
    });
    const packedBoot = await compressImage(boot.image, {
      ...common,
      output: join(work, "boot"),
      variant: { offset: cmdline.offset, bytes: cmdline.b },
      ...(base === undefined
        ? {}
        : { base: await readBaseBlocks(base.boot, unlikeBlocks(base.description)) }),
    });
    const packed = { boot: packedBoot, root: packedRoot };
    const draft = composeManifest({ ...options, chunkSize, packed });
    const manifest = await assemble(join(work, "payload"), draft, {
      "cmdline/a": cmdline.a,
      "cmdline/b": cmdline.b,
      "index/boot": packedBoot.index,
      "index/root": packedRoot.index,
      "data/root.zst": join(work, "root"),
      "data/boot.zst": join(work, "boot"),
    });
    await rename(join(work, "payload"), output);
    return manifest;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Throws PAYLOAD_INPUT unless the boot image has slot A's `cmdline.txt` where it is said to be. */
async function checkCmdline({ cmdline, boot }: WriteOptions): Promise<void> {
  const { offset, a, b } = cmdline;
  const hint = "pad `cmdline.txt` with spaces to 511 bytes and a newline, alone in its cluster";
  for (const form of [a, b]) {
    if (!isCmdlineForm(form)) unusable("a `cmdline.txt` is not one line of 512 bytes", hint);
  }
  if (a.equals(b)) unusable("`cmdline.txt` is the same for both slots", "give each its own root=");
  const within = offset + cmdlineBytes <= boot.image.size;
  const there = within ? await boot.image.read(offset, cmdlineBytes) : undefined;
  if (!there?.equals(a)) {
    unusable(`the boot image has not slot A's \`cmdline.txt\` at byte ${offset}`, hint);
  }
}
