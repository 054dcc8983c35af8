import { stat } from "node:fs/promises";
import type { Manifest } from "../format/manifest.ts";
import { checkBody } from "../read/check-body.ts";
import { type OpenOptions, openPayload, type Payload } from "../read/open-payload.ts";
import { readIndexes } from "../read/read-indexes.ts";
import { openSource } from "../read/source.ts";
import { unusable } from "../refuse.ts";
import { payloadImage } from "./payload-image.ts";
import { writePayload } from "./write-payload.ts";

export interface DeltaOptions extends OpenOptions {
  /** The full payload of what is to be installed. */
  readonly payload: string;
  /** The full payload of what devices run. */
  readonly base: string;
  readonly output: string;
  /** Of zstd; 3 where nothing is said. */
  readonly level?: number;
}

/** Writes a payload without signatures that takes from the running slot what both have in common. */
export async function buildDelta({ output, level, ...options }: DeltaOptions): Promise<Manifest> {
  await using newFile = await openSource({ path: options.payload });
  await using baseFile = await openSource({ path: options.base });
  const [payload, base] = [
    await openFull(await openPayload(newFile, options)),
    await openFull(await openPayload(baseFile, options)),
  ];
  const { manifest } = payload;
  const { boot, root } = base.manifest.images;
  const slotImage = (name: "boot" | "root") => ({
    image: payloadImage(payload, name, payload.indexes[name]),
    slot: manifest.images[name].slot,
  });
  const { version, securityEpoch, compatible, boards, layout, createdAt } = manifest;
  return await writePayload({
    output,
    description: { version, securityEpoch, compatible, boards, layout, createdAt },
    boot: slotImage("boot"),
    root: slotImage("root"),
    cmdline: { offset: manifest.cmdline.offset, ...payload.indexes.cmdline },
    base: {
      description: {
        version: base.manifest.version,
        cmdlineOffset: base.manifest.cmdline.offset,
        boot: { digest: boot.digest, size: boot.size },
        root: { digest: root.digest, size: root.size },
      },
      boot: payloadImage(base, "boot", base.indexes.boot),
      root: payloadImage(base, "root", base.indexes.root),
    },
    chunkSize: manifest.chunkSize,
    // What not everybody may read stays so.
    mode: (await stat(options.payload)).mode & 0o777,
    ...(level === undefined ? {} : { level }),
  });
}

async function openFull(payload: Payload) {
  const { name } = payload.source;
  if (payload.manifest.base !== undefined) {
    unusable(`payload \`${name}\` is a delta`, "make deltas of two full payloads");
  }
  await checkBody(payload);
  return { ...payload, indexes: await readIndexes(payload) };
}
