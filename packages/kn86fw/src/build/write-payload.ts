import { chmod, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openNew } from "@pibuild/core";
import { isCmdlineForm } from "../format/cmdline-form.ts";
import { unlikeBlocks } from "../format/index-lines.ts";
import { cmdlineBytes, usualChunk } from "../format/limits.ts";
import type { Manifest } from "../format/manifest.ts";
import { unusable } from "../refuse.ts";
import { assemble, firstPlace } from "./assemble.ts";
import { readBaseBlocks } from "./base-blocks.ts";
import { checkImage } from "./check-image.ts";
import { composeManifest } from "./compose-manifest.ts";
import { usualLevel } from "./compress-frame.ts";
import { compressSlot } from "./compress-slot.ts";
import type { WriteOptions } from "./write-options.ts";

/**
 * Writes a payload without signatures. `output` is there whole or not at all. Its bytes depend on
 * the images, the description, the level and the version of zstd in Node.js, and on nothing else.
 */
export async function writePayload(options: WriteOptions): Promise<Manifest> {
  const { output, boot, root, cmdline, level = usualLevel, chunkSize = usualChunk } = options;
  checkImage("boot", boot);
  checkImage("root", root);
  await checkCmdline(options);
  const work = await mkdtemp(join(dirname(output), `.${basename(output)}.`));
  const payload = join(work, "payload");
  try {
    const packed = await packImages(payload, { ...options, chunkSize, level });
    const draft = composeManifest({ ...options, chunkSize, packed });
    const rootData = { start: firstPlace, length: packed.root.data };
    const manifest = await assemble(payload, draft, {
      "cmdline/a": cmdline.a,
      "cmdline/b": cmdline.b,
      "index/boot": packed.boot.index,
      "index/root": packed.root.index,
      "data/root.zst": rootData,
      "data/boot.zst": { start: firstPlace + rootData.length, length: packed.boot.data },
    });
    await chmod(payload, options.mode ?? 0o644);
    await rename(payload, output);
    return manifest;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Compresses both images into a new file, one behind the other from `firstPlace` on. */
async function packImages(
  path: string,
  options: WriteOptions & Required<Pick<WriteOptions, "chunkSize" | "level">>,
) {
  const { boot, root, base, cmdline, chunkSize, level } = options;
  await using output = await openNew(path);
  const common = { chunkSize, level, output };
  const packedRoot = await compressSlot(root.image, {
    ...common,
    offset: firstPlace,
    ...(base === undefined ? {} : { base: await readBaseBlocks(base.root) }),
  });
  const packedBoot = await compressSlot(boot.image, {
    ...common,
    offset: firstPlace + packedRoot.data,
    variant: { offset: cmdline.offset, bytes: cmdline.b },
    ...(base === undefined
      ? {}
      : { base: await readBaseBlocks(base.boot, unlikeBlocks(base.description)) }),
  });
  return { boot: packedBoot, root: packedRoot };
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
