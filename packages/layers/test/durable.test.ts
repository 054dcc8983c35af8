import { mkdir, mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, sha256 } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";

needs("strace")(
  "a layer is on the disk before its name, its check and its record are",
  async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-durable-"));
    const [store, packed, trace] = ["store", "packed", "trace"].map((name) =>
      join(scratch.path, name),
    ) as [string, string, string];
    await mkdir(store);
    await writeFile(packed, "layer");
    const script = join(import.meta.dirname, "scripts/put-layer.ts");
    await createExec().run({
      program: "strace",
      args: [
        ...["-f", "-y", "-s", "4096", "-o", trace, "-e", "trace=fsync,rename,renameat,renameat2"],
        ...[process.execPath, "--conditions=@pibuild/source", script, store, packed],
      ],
    });
    const digest = sha256("layer");
    const calls = (await readFile(trace, "utf8")).split("\n");
    const at = (text: RegExp) => calls.findIndex((call) => text.test(call));
    // Where another thread's call comes between, the end of one is a line of its own.
    const synced = calls.findIndex((call) => /fsync.*= 0/.test(call));
    const order = [
      at(/fsync\(\d+<.*\/packed>/),
      synced,
      at(new RegExp(`rename.*/packed".*/${digest}"`)),
      at(new RegExp(`rename.*/${digest}\\.checked"`)),
      at(/rename.*records.*\.json"/),
    ];
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  },
);
