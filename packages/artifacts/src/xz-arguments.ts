import { availableParallelism, freemem } from "node:os";

const MiB = 1024 ** 2;
/** Memory that one encoder takes at each level, xz(1), in MiB. */
const encoderMiB = [3, 9, 17, 32, 48, 94, 94, 186, 370, 674];
const blockMiB = 16;

/**
 * Arguments of xz that give the same bytes on every host: blocks of a fixed size, which the
 * threaded encoder never cuts elsewhere; and no change of the level where memory is short, which
 * then is an error. One thread is another encoder with other bytes, so there are always two.
 */
export function xzArguments(level: number, threads: number = suitableThreads(level)): string[] {
  return [
    "--format=xz",
    "--check=crc64",
    `-${level}`,
    `--threads=${Math.max(2, threads)}`,
    `--block-size=${blockMiB}MiB`,
    "--no-adjust",
  ];
}

/** As many threads as there are cores, and memory for; a thread holds its block twice as well. */
function suitableThreads(level: number): number {
  const each = ((encoderMiB[level] ?? 674) + 2 * blockMiB) * MiB;
  return Math.min(availableParallelism(), Math.floor(freemem() / 2 / each));
}
