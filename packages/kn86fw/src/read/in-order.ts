import { availableParallelism } from "node:os";

/**
 * Chunks to work on at a time: one for each processor, and one that is read or written meanwhile.
 * More would only push each other out of the processors' caches. No more than Node has threads for,
 * so that memory stays bounded on large machines as well.
 */
export const chunksAtOnce = Math.min(availableParallelism() + 1, 4);

/**
 * Works on `width` items at a time and yields the results in the order of the items. So memory is
 * bounded by `width`, however many items there are.
 */
export async function* inOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const started = work(item);
      // It is awaited in its turn; failing before that is not unhandled.
      started.catch(() => undefined);
      running.push(started);
      if (running.length >= width) yield await (running.shift() as Promise<R>);
    }
    while (running.length > 0) yield await (running.shift() as Promise<R>);
  } finally {
    // Where one fails or the reader stops, the others must not outlive it.
    await Promise.allSettled(running);
  }
}
