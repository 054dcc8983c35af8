import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { expect, onTestFinished, test } from "vitest";
import { watchReading } from "../src/watch-reading.ts";

test.runIf(process.platform === "linux")("how far a process has read a file is seen", async () => {
  const directory = await mkdtemp(join(tmpdir(), "pibuild reading-"));
  onTestFinished(() => removeTree(directory));
  const path = join(directory, "image");
  await writeFile(path, "x".repeat(10_000));
  const abort = new AbortController();
  // It reads so much, and then keeps the file open for as long as it lives.
  const script = 'exec 7<"$1"; head -c 4096 <&7 >/dev/null; sleep infinity';
  const reader = Promise.withResolvers<number>();
  const ended = createExec({ signal: abort.signal })
    .run({
      program: "bash",
      args: ["-c", script, "bash", path],
      onStart: reader.resolve,
    })
    .catch(() => undefined);
  const seen = await new Promise<number>((resolve) => {
    const report = (bytes: number) => bytes > 0 && resolve(bytes);
    void reader.promise.then((pid) => {
      const watch = watchReading({ pid, path }, report);
      onTestFinished(() => watch[Symbol.dispose]());
    });
  });
  expect(seen).toBe(4096);
  abort.abort();
  await ended;
});
