import { promisify } from "node:util";
import { constants, zstdDecompress } from "node:zlib";
import { isZero, sha256Of } from "../format/chunk.ts";
import type { CopyLine, FrameLine, IndexLine } from "../format/index-lines.ts";
import { blockBytes, windowLog } from "../format/limits.ts";
import type { ImageName } from "../format/manifest.ts";
import { refuse } from "../refuse.ts";
import { chunksAtOnce, inOrder } from "./in-order.ts";
import type { Payload } from "./open-payload.ts";
import type { Source } from "./source.ts";

const decompress = promisify(zstdDecompress);

/** A line of the index with its bytes, which have its sha256. */
export interface Chunk {
  readonly line: IndexLine;
  readonly bytes: Buffer;
}

/**
 * The chunks of an image in their order, each one checked. Refuses with `chunk`, or with `base` for
 * copies; `base` is the running image, without which copies are left out.
 */
export function readChunks(
  payload: Payload,
  image: ImageName,
  lines: readonly IndexLine[],
  base?: Source,
): AsyncGenerator<Chunk> {
  const { offset } = payload.member(`data/${image}.zst`);
  const zeros = zeroFrames();
  const wanted = base === undefined ? lines.filter(({ op }) => op !== "c") : lines;
  return inOrder(wanted, chunksAtOnce, async (line) => {
    if (line.op === "c") return { line, bytes: await readCopy(payload, line, base as Source) };
    const frame = await payload.source.read(offset + line.offset, line.length);
    const known = zeros.find(line, frame);
    const bytes = known ?? (await unpack(frame, line));
    if (bytes === undefined || (known === undefined && !isOf(line, bytes))) {
      return refuse(payload.source.name, "chunk", `block ${line.block} of the ${image} is damaged`);
    }
    if (known === undefined) zeros.keep(line, frame, bytes);
    return { line, bytes };
  });
}

/** Blocks of the base; refuses (`base`) where they are not what the payload was made from. */
export async function readCopy(payload: Payload, line: CopyLine, base: Source): Promise<Buffer> {
  const [start, length] = [line.source * blockBytes, line.count * blockBytes];
  const bytes = start + length <= base.size ? await base.read(start, length) : undefined;
  if (bytes === undefined || sha256Of(bytes) !== line.sha256) {
    const { version } = payload.manifest.base ?? {};
    const problem = `it builds upon version ${version}, and block ${line.source} of \`${base.name}\` is not of that version`;
    return refuse(payload.source.name, "base", problem);
  }
  return bytes;
}

/** The frame's bytes; nothing where it is no frame, or one of another size. */
async function unpack(frame: Buffer, { count }: FrameLine): Promise<Buffer | undefined> {
  const size = count * blockBytes;
  try {
    const bytes = await decompress(frame, {
      // One more than the frame may hold: for a full one Node would get memory for what comes after it.
      chunkSize: size + 1,
      maxOutputLength: size,
      params: { [constants.ZSTD_d_windowLogMax]: windowLog },
    });
    return bytes.length === size ? bytes : undefined;
  } catch {
    // Whatever zstd says of it, the frame is not what was signed.
    return undefined;
  }
}

function isOf({ op, sha256 }: FrameLine, bytes: Buffer): boolean {
  return sha256Of(bytes) === sha256 && (op === "d" || isZero(bytes));
}

/** Zeros are the same frame again and again: what one gave, with its sha256 checked, counts for all. */
function zeroFrames() {
  const seen = new Map<number, { frame: Buffer; sha256: string; bytes: Buffer }>();
  return {
    find({ op, count, sha256 }: FrameLine, frame: Buffer): Buffer | undefined {
      const known = op === "z" ? seen.get(count) : undefined;
      return known?.sha256 === sha256 && known.frame.equals(frame) ? known.bytes : undefined;
    },
    keep({ op, count, sha256 }: FrameLine, frame: Buffer, bytes: Buffer): void {
      if (op === "z") seen.set(count, { frame, sha256, bytes });
    },
  };
}
