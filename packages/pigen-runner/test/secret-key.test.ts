import { existsSync } from "node:fs";
import { chmod, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, renderError } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { readSecretKey } from "../src/plan/secret-key.ts";
import { createContract, onSteps } from "./contract-stages.ts";

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

describe("a key that several machines are to have", () => {
  const key = "0123456789abcdef".repeat(4);

  test("comes from a variable, or from a file from the workspace on; none is made then", async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-key-"));
    const { path: workspace } = scratch;
    const own = join(workspace, "cache", "secret.key");
    await writeFile(join(workspace, "a key"), `${key.toUpperCase()}\n`);
    for (const env of [{ PIBUILD_SECRET_KEY: key }, { PIBUILD_SECRET_KEY_FILE: "a key" }])
      expect(await readSecretKey(own, { env, workspace })).toBe(key);
    expect(existsSync(own)).toBe(false);
    const unset = { PIBUILD_SECRET_KEY: "", PIBUILD_SECRET_KEY_FILE: "" };
    expect(await readSecretKey(own, { env: unset, workspace })).not.toBe(key);
  });

  test.each([
    ["a digit too few", { PIBUILD_SECRET_KEY: key.slice(1) }, "64 hexadecimal digits"],
    ["no digits", { PIBUILD_SECRET_KEY: `${key.slice(1)}g` }, "64 hexadecimal digits"],
    ["a file without one", { PIBUILD_SECRET_KEY_FILE: "short" }, "64 hexadecimal digits"],
    ["no file", { PIBUILD_SECRET_KEY_FILE: "nowhere" }, "cannot be read: ENOENT"],
    ["both", { PIBUILD_SECRET_KEY: key, PIBUILD_SECRET_KEY_FILE: "short" }, "are both set"],
  ])("is refused and not shown: %s", async (_name, env, words) => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-key-"));
    const { path: workspace } = scratch;
    await writeFile(join(workspace, "short"), key.slice(2));
    const error = await readSecretKey(join(workspace, "own"), { env, workspace }).catch((e) => e);
    expect(error).toMatchObject({ code: "USAGE", message: expect.stringContaining(words) });
    expect(renderError(error)).not.toContain(key.slice(2));
  });

  test("a damaged one of this user's own is made anew", async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-key-"));
    await writeFile(join(scratch.path, "own"), "no key");
    expect(await readSecretKey(join(scratch.path, "own"))).toMatch(/^[0-9a-f]{64}$/);
  });

  onSteps(
    "lets another machine's layers serve for the same password, and is in no record",
    async () => {
      await using contract = await createContract({
        k: { "00-x/00-run-chroot.sh": ': "${FIRST_USER_PASS}"\n' },
      });
      const env = { FIRST_USER_PASS: "pass word", PIBUILD_SECRET_KEY: key };
      expect((await contract.build("k", env)).executed).toContain("k/00-x");
      // The other machine has this one's store, and a cache of its own.
      const other = { ...env, PIBUILD_CACHE: join(contract.rig.path, "..", "other") };
      expect((await contract.build("k", other)).executed).toEqual([]);
      const without = { ...other, PIBUILD_SECRET_KEY: "" };
      expect((await contract.build("k", without)).executed).toContain("k/00-x");
      expect(JSON.stringify(await contract.record("k/00-x"))).not.toContain(key);
    },
  );
});
