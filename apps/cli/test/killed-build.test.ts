import { on } from "node:events";
import { existsSync, watch } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createNxRig, makesBootFiles, needs, type Rig } from "@pibuild/test-kit";
import { expect } from "vitest";

const builds = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "qemu-aarch64-static");

/** An image whose second step says that it runs, and then waits for a file that only the test makes. */
async function gatedImage(): Promise<Rig & { readonly signs: string }> {
  const rig = await createNxRig();
  const signs = join(rig.path, "..", "signs");
  await mkdir(signs);
  await rig.write({
    "apps/pi/image.yaml": "stages: [stages/one]\n",
    "stages/one/prerun.sh": `#!/bin/bash -e\n${makesBootFiles}`,
    "stages/one/00-gated/00-run.sh": `#!/bin/bash -e\ntouch "${signs}/running"\nuntil [ -e "${signs}/gate" ]; do sleep 0.05; done\n`,
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  return Object.assign(rig, { signs });
}

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  builds(
    `a build that gets ${signal} ends whole, and the next one resumes at its step`,
    async () => {
      await using rig = await gatedImage();
      const build = rig.start(["build", "pi", "--target", "disk"]);
      await until(rig.signs, async () => existsSync(join(rig.signs, "running")));
      const runs = join(rig.store, "runs");
      await build.kill(signal);
      await build.done.catch(() => undefined);
      await until(runs, async () => (await readdir(runs)).length === 0);
      expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(rig.store);
      await writeFile(join(rig.signs, "gate"), "");
      const { exitCode, stdout } = await rig.pibuild(["build", "pi", "--target", "disk", "--json"]);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout).steps).toMatchObject([
        { step: "one/prerun", outcome: "cached" },
        { step: "one/00-gated", outcome: "ran" },
      ]);
    },
  );
}

/** Resolves when the condition holds; it is asked whenever something in the directory changes. */
async function until(directory: string, condition: () => Promise<boolean>): Promise<void> {
  const watcher = watch(directory);
  try {
    const changes = on(watcher, "change", { signal: AbortSignal.timeout(60_000) });
    if (await condition()) return;
    for await (const _change of changes) if (await condition()) return;
  } finally {
    watcher.close();
  }
}
