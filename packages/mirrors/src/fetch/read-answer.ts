import type { IncomingMessage } from "node:http";
import { MirrorFault } from "./fault.ts";

export interface Reading {
  /** Milliseconds that it may stand still. */
  readonly stallMs: number;
  /** Bytes a second that it has to reach; 0: any. */
  readonly leastRate: number;
  /** Milliseconds that it may be slower than that. */
  readonly patienceMs: number;
  /** Of the whole file, where that is known. */
  readonly size: number | undefined;
  /** Bytes of the file that are here already. */
  readonly from: number;
  /** More than this is no file of an archive. */
  readonly mostBytes: number;
}

/**
 * Gives what of a file is missing, piece by piece: each only after `take` is done with the one before.
 * Throws MirrorFault where it is not what was asked for.
 */
export async function readAnswer(
  answer: IncomingMessage,
  { stallMs, leastRate, patienceMs, size, from, mostBytes }: Reading,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const { statusCode = 0, statusMessage = "" } = answer;
  const isPart = from > 0 && statusCode === 206 && firstByte(answer) === from;
  if (statusCode !== 200 && !isPart) {
    answer.destroy();
    throw new MirrorFault("status", `${statusCode} ${statusMessage}`.trim());
  }
  const begin = isPart ? from : 0;
  const said = answer.headers["content-length"];
  const length = said === undefined ? undefined : begin + Number(said);
  if (size !== undefined && length !== undefined && length !== size) {
    answer.destroy();
    throw new MirrorFault("size", `${length} bytes instead of ${size}`);
  }
  const started = performance.now();
  let got = begin;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    timer = setTimeout(
      () => answer.destroy(new MirrorFault("stalled", `after ${got} bytes`)),
      stallMs,
    );
  };
  wait();
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      // A server that knows no ranges sends all of it again.
      const fresh = piece.subarray(Math.max(0, from - got));
      got += piece.length;
      if (got > (size ?? mostBytes))
        throw new MirrorFault("size", `more than ${size ?? mostBytes} bytes`);
      if (fresh.length > 0) await take(fresh);
      const ms = performance.now() - started;
      if (ms > patienceMs && ((got - begin) / ms) * 1000 < leastRate)
        throw new MirrorFault("slow", `${Math.round(((got - begin) / ms) * 1000)} bytes a second`);
      wait();
    }
  } catch (error) {
    // Node tells an answer that ends too early by the same error as a connection that breaks.
    if ((error as NodeJS.ErrnoException).code === "ECONNRESET" && got > 0)
      throw new MirrorFault("short", `${got} bytes`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    answer.destroy();
  }
  if (size !== undefined && got !== size) throw new MirrorFault("short", `${got} of ${size} bytes`);
}

function firstByte(answer: IncomingMessage): number | undefined {
  const [, first] = /^bytes (\d+)-/.exec(answer.headers["content-range"] ?? "") ?? [];
  return first === undefined ? undefined : Number(first);
}
