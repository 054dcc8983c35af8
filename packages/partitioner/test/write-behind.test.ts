import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { writeBehind } from "../src/ext4/write-behind.ts";

it("a file is written to its device again and again until the work on it ends, and not after", async () => {
  const work = new AbortController();
  let writes = 0;
  const file = {
    async datasync() {
      writes += 1;
      if (writes === 3) work.abort();
    },
  };
  await writeBehind(file, work.signal);
  expect(writes).toBe(3);
  await writeBehind(file, work.signal);
  expect(writes).toBe(3);
});

it("work that ends during a pause is not waited for", async () => {
  const work = new AbortController();
  const file = { datasync: () => Promise.reject(new Error("nothing is left to write")) };
  const written = writeBehind(file, work.signal).then(() => "ended");
  work.abort();
  // No timer of any length comes before a promise that only the abort holds up.
  const turn = setTimeout(0, "still waiting");
  expect(await Promise.race([written, turn])).toBe("ended");
});
