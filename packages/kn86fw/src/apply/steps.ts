import { PibuildError } from "@pibuild/core";
import { chunkDigest, sha256Of } from "../format/chunk.ts";
import { blockBytes, sectorBytes } from "../format/limits.ts";
import type { ImageName } from "../format/manifest.ts";
import { readChunks } from "../read/read-chunks.ts";
import type { BlockDevice } from "./block-device.ts";
import type { Accepted } from "./check.ts";
import type { Target } from "./target.ts";

/** What the steps of one update share. */
export interface Update extends Accepted {
  readonly target: Target;
  readonly onWritten: (bytes: number) => void;
  /** The first sector of the boot image, until it is written. */
  first?: Buffer;
}

/** A step of docs/kn86fw.md. What it wrote is on the medium when it returns. */
export interface ApplyStep {
  readonly name: string;
  run(update: Update): Promise<void>;
}

const forget: ApplyStep = { name: "forget", run: ({ target }) => target.state.removePending() };

const breakSlot: ApplyStep = {
  name: "break",
  async run({ target }) {
    const { boot } = target.inactive;
    // One sector: of a larger write, others could reach the medium before the one that counts.
    await boot.write(0, Buffer.alloc(sectorBytes));
    await boot.flush();
  },
};

const writeRoot: ApplyStep = {
  name: "root",
  async run(update) {
    const { root } = update.target.inactive;
    for await (const { offset, bytes } of pieces(update, "root")) await root.write(offset, bytes);
    await root.flush();
  },
};

const writeBoot: ApplyStep = {
  name: "boot",
  async run(update) {
    const { boot } = update.target.inactive;
    const { payload, indexes, slot } = update;
    for await (const { offset, bytes } of pieces(update, "boot")) {
      if (offset === 0) {
        update.first = Buffer.from(bytes.subarray(0, sectorBytes));
        // Where the slot was broken, it stays so until everything else is there.
        bytes.fill(0, 0, sectorBytes);
      }
      await boot.write(offset, bytes);
    }
    await boot.write(payload.manifest.cmdline.offset, indexes.cmdline[slot]);
    await boot.flush();
  },
};

const readBack: ApplyStep = {
  name: "read-back",
  async run({ target, payload, slot, first }) {
    const { images, cmdline, chunkSize } = payload.manifest;
    const { boot, root } = target.inactive;
    await root.dropCache?.();
    await boot.dropCache?.();
    await compare(root, images.root.size, chunkSize, images.root.digest);
    await compare(boot, images.boot.size, chunkSize, cmdline[slot].digest, first);
  },
};

const makeBootable: ApplyStep = {
  name: "bootable",
  async run({ target, first = Buffer.alloc(0) }) {
    const { boot } = target.inactive;
    await boot.write(0, first);
    await boot.flush();
    await boot.dropCache?.();
    if (!(await boot.read(0, first.length)).equals(first)) throw lost(boot);
  },
};

const remember: ApplyStep = {
  name: "remember",
  async run({ target, payload, slot }) {
    const { version, securityEpoch } = payload.manifest;
    const manifest = sha256Of(payload.head.manifest);
    await target.state.writePending({ slot, version, securityEpoch, manifest });
  },
};

/** In the order that keeps a whole system at every moment; test/power-cut proves it of this order. */
export const applySteps: readonly ApplyStep[] = [
  forget,
  breakSlot,
  writeRoot,
  writeBoot,
  readBack,
  makeBootable,
  remember,
];

/** The checked pieces of an image, with the place where each goes. */
async function* pieces({ payload, indexes, target, onWritten }: Update, image: ImageName) {
  const base = payload.manifest.base === undefined ? undefined : target.active[image];
  for await (const { line, bytes } of readChunks(payload, image, indexes[image], base)) {
    yield { offset: line.block * blockBytes, bytes };
    onWritten(bytes.length);
  }
}

/** Compares what is on the medium; `first` stands for the block that was not written yet. */
async function compare(
  device: BlockDevice,
  size: number,
  chunkSize: number,
  wanted: string,
  first?: Buffer,
): Promise<void> {
  const digest = chunkDigest();
  const buffer = Buffer.allocUnsafeSlow(chunkSize);
  for (let offset = 0; offset < size; offset += chunkSize) {
    const bytes = await device.read(offset, Math.min(chunkSize, size - offset), buffer);
    if (offset === 0) first?.copy(bytes);
    digest.add(sha256Of(bytes));
  }
  if (digest.digest() !== wanted) throw lost(device);
}

function lost({ name }: BlockDevice): PibuildError {
  return new PibuildError("VERIFY_FAILED", {
    what: `\`${name}\``,
    detail: "it does not give back what was written to it",
    hint: "the medium may be worn out: copy what is on it, and take another",
  });
}
