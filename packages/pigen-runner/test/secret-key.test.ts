import { chmod, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { readSecretKey } from "../src/plan/secret-key.ts";

test("a key is made once, for this user alone", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-key-"));
  const file = join(scratch.path, "cache", "secret.key");
  const [first, second] = await Promise.all([readSecretKey(file), readSecretKey(file)]);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(second).toBe(first);
  expect(await readSecretKey(file)).toBe(first);
});

needs("root", "a repository that every user can read")(
  "a key that root has made is no user's: which file it is, and how it is given back",
  async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-key-"));
    const file = join(scratch.path, "secret.key");
    await writeFile(file, "root's", { mode: 0o600 });
    await chmod(scratch.path, 0o755);
    const module = new URL("../src/plan/secret-key.ts", import.meta.url).href;
    const script = `import { readSecretKey } from "${module}"; await readSecretKey(process.argv[1]).catch((error) => console.log(error.code, error.message));`;
    const { stdout } = await createExec().run({
      program: "setpriv",
      args: [
        ...["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath],
        ...["--conditions=@pibuild/source", "--input-type=module", "-e", script, file],
      ],
    });
    expect(stdout.trim()).toBe(`ENV_CACHE_UNUSABLE \`${file}\` cannot be used: EACCES`);
  },
);
