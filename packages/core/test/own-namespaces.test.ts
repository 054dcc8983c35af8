import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createExec } from "../src/exec/create-exec.ts";
import { ownMounts, ownProcesses } from "../src/exec/own-namespaces.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Every line of this repository's programs and scripts that matches, as `path: line`. */
async function linesWith(pattern: RegExp): Promise<string[]> {
  const { stdout } = await createExec().run({
    program: "git",
    args: ["ls-files", "--", "*.ts", "*.mjs", "*.c", "*.sh", "*.md", ".ci/run"],
    cwd: root,
  });
  const found: string[] = [];
  for (const path of stdout.split("\n")) {
    const text = await readFile(`${root}/${path}`, "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => pattern.test(line));
    found.push(...lines.map((line) => `${path}: ${line.trim()}`));
  }
  return found;
}

test("whoever makes a mount namespace makes its mounts private in the same call", async () => {
  const argv = await linesWith(/"--mount",? ?(?!.*"type=)|\bunshare\b.* (?:--mount|-\w*m)\b/);
  const bare = argv.filter((line) => !line.includes("propagation"));
  expect(bare.filter((line) => !line.includes("run-arguments"))).toEqual([]);
  const inC = await linesWith(/unshare\(.*CLONE_NEWNS|clone.*CLONE_NEWNS/);
  expect(inC.filter((line) => line.startsWith("packages/binfmt/native/"))).toEqual([
    expect.stringMatching(/^packages\/binfmt\/native\/main\.c: .*MS_REC \| MS_PRIVATE/),
  ]);
  expect(ownMounts.join(" ")).toBe("--mount --propagation private");
  expect(ownProcesses.slice(0, ownMounts.length)).toEqual(ownMounts);
});
