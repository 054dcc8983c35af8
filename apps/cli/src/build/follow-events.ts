import { open } from "node:fs/promises";
import type { Event } from "@pibuild/core";

/** How often the file is looked at, in milliseconds: a person sees no delay. */
const interval = 100;

/**
 * Hands on every event that other processes append to a file, until disposal, which reads what
 * is left. A line that is still being written waits for its end.
 */
export async function followEvents(
  path: string,
  handle: (event: Event) => void,
): Promise<AsyncDisposable> {
  const file = await open(path, "a+");
  const buffer = Buffer.alloc(64 * 1024);
  let position = 0;
  let rest = Buffer.alloc(0);
  const drain = async () => {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
        handle(JSON.parse(rest.subarray(0, end).toString("utf8")) as Event);
        rest = rest.subarray(end + 1);
      }
    }
  };
  let draining = Promise.resolve();
  const timer = setInterval(() => {
    draining = draining.then(drain);
  }, interval);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await draining;
      await drain();
      await file.close();
    },
  };
}
