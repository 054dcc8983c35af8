import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { canonicalJson, isPibuildError, sha256 } from "@pibuild/core";
import { replaceNth } from "@pibuild/test-kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { manifestPath, parseManifest, readResult } from "../src/targets/manifest.ts";

/** Inputs for each property; the proof tries 100,000. */
const numRuns = Number(process.env.PIBUILD_FUZZ_RUNS ?? 500);
const timeout = 60_000 + numRuns * 50;

const good = canonicalJson({
  ...{ version: 1, target: "disk", key: sha256("key"), inputs: { "disk/seed": "pi" } },
  ...{ layers: [sha256("layer")], files: [{ path: "pi.img", bytes: 7, sha256: sha256("image") }] },
});

const texts = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .tuple(fc.nat(good.length), fc.nat(20), fc.string())
    .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut)),
  fc
    .tuple(
      fc.nat(15),
      fc.oneof(
        fc.jsonValue(),
        fc.constantFrom("../x", "/etc/passwd", "..", "a/b", "a/../../x", "a//b"),
      ),
    )
    .map(([n, value]) => JSON.stringify(replaceNth(JSON.parse(good), n, value))),
);

test("a good manifest is read as it was written", () => {
  expect(canonicalJson(parseManifest(good))).toBe(good);
});

test(
  "whatever a manifest says: it names files of its own directory, or the target runs again",
  async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild manifest-"));
    const path = manifestPath(scratch.path, "disk");
    await mkdir(dirname(path));
    const property = fc.asyncProperty(texts, async (text) => {
      await writeFile(path, text);
      const result = await readResult(scratch.path, "disk").catch((error: unknown) => {
        if (!isPibuildError(error, "CONFIG_MISSING")) throw error;
      });
      if (result !== undefined) expect(result.path.startsWith(`${scratch.path}/`)).toBe(true);
      for (const [name, value] of Object.entries(parseManifest(text)?.inputs ?? {}))
        expect([name, value]).toEqual([expect.any(String), expect.any(String)]);
    });
    await fc.assert(property, { numRuns });
  },
  timeout,
);
