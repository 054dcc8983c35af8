import { readFile } from "node:fs/promises";
import { createExec, sha256 } from "@pibuild/core";
import { startRegistry, type TestRegistry } from "@pibuild/test-kit";
import { expect } from "vitest";
import { machine, onCache } from "./cache-rig.ts";

/** Whether a text stands in anything that a registry keeps, packed or not. */
async function holds(registry: TestRegistry, scratch: string, text: string): Promise<boolean> {
  const exec = createExec();
  const unpack = `cp "$1" blob; rm -rf tree plain
unsquashfs -quiet -no-progress -dest tree blob >/dev/null 2>&1 || true
zstd -qdcf blob >plain 2>/dev/null || xz -dcf blob >plain 2>/dev/null || true
grep -raqF -- "$2" blob tree plain 2>/dev/null`;
  for (const file of await registry.files()) {
    if (file.includes(text) || (await readFile(file)).includes(text)) return true;
    const { exitCode } = await exec.run({
      program: "bash",
      args: ["-c", unpack, "bash", file, text],
      cwd: scratch,
      allowExit: [1, 2],
    });
    if (exitCode === 0) return true;
  }
  return false;
}

onCache("a layer that saw a password stays, what is above it, and what is made of it", async () => {
  await using registry = await startRegistry();
  const password = "correct horse battery";
  const seen = (text: string) => `#!/bin/bash -e\necho "${text}" >>"\${ROOTFS_DIR}/seen"\n`;
  await using a = await machine({
    "stages/one/01-second/00-run.sh": `#!/bin/bash -e\nprintf %s "\${FIRST_USER_PASS}" | sha256sum >>"\${ROOTFS_DIR}/seen"\n`,
    "stages/one/02-third/00-run.sh": seen("above the password"),
  });
  const env = { PIBUILD_CACHE_REGISTRY: `${registry.host}/cache`, PIBUILD_CACHE_WRITE: "1" };
  const built = await a.build({ ...env, FIRST_USER_PASS: password });
  expect(built.exitCode, built.stderr).toBe(0);
  // The two layers below it.
  expect(built.summary.cache).toMatchObject({ sent: 2, failures: [] });
  const pushed = await a.pibuild(["cache", "push"], { ...env, FIRST_USER_PASS: password });
  expect(pushed.stderr).toBe("cache: 2 there, 2 stay here");
  const look = (text: string) => holds(registry, a.path, text);
  expect(await look("first")).toBe(true);
  for (const secret of [password, sha256(password), "above the password"])
    expect([secret, await look(secret)]).toEqual([secret, false]);
});
