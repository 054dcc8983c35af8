import { mkdir, mkdtempDisposable, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exec } from "@pibuild/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readSecretKey } from "../src/plan/secret-key.ts";
import { createToolVersions } from "../src/plan/tool-versions.ts";

/** Inputs for each property; the proof tries 100,000. */
const numRuns = Number(process.env.PIBUILD_FUZZ_RUNS ?? 300);
const timeout = 60_000 + numRuns * 50;

const texts = fc.oneof(
  fc.string(),
  fc.json(),
  fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
);
const exec: Exec = {
  run: async () => ({ exitCode: 0, stdout: "1.0\nmore", stderr: "", durationMs: 0 }),
};

test(
  "whatever tool-versions.json says, a version is what the program says, and remembered",
  async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild cache-"));
    const file = join(scratch.path, "tool-versions.json");
    const property = fc.asyncProperty(texts, async (text) => {
      await writeFile(file, text);
      expect(await createToolVersions(exec, file).of("bash")).toBe("1.0");
      const other: Exec = { run: async () => Promise.reject(new Error("asked again")) };
      expect(await createToolVersions(other, file).of("bash")).toBe("1.0");
    });
    await fc.assert(property, { numRuns });
    await rm(file);
    await mkdir(file);
    expect(await createToolVersions(exec, file).of("bash")).toBe("1.0");
  },
  timeout,
);

test(
  "whatever the secret key's file says, the key is one that nobody guesses, and stays",
  async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild key-"));
    const file = join(scratch.path, "secret.key");
    const property = fc.asyncProperty(texts, async (text) => {
      await writeFile(file, text);
      const key = await readSecretKey(file);
      expect(key).toMatch(/^[0-9a-f]{64}$/);
      expect(await readFile(file, "utf8")).toBe(key);
      expect(await readSecretKey(file)).toBe(key);
    });
    await fc.assert(property, { numRuns });
  },
  timeout,
);
