import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chooseProofs } from "../proof/choose.ts";
import { coveredFiles } from "../proof/covered-files.ts";
import { readOptions } from "../proof/options.ts";
import { type Proof, proofs } from "../proof/proofs.ts";
import { judge } from "../proof/record.ts";
import { repositoryFiles } from "../proof/repository.ts";
import { root } from "../run-suite.ts";

const names = (chosen: readonly Proof[]) => chosen.map(({ name }) => name);
const byName = (name: string) => proofs.find((proof) => proof.name === name) as Proof;

describe("the table", () => {
  test("names files that are there, and every file of a proof is in it", async () => {
    const named = proofs.flatMap(({ run, covers }) => [
      ...("files" in run ? run.files : [run.program]),
      ...covers,
    ]);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const files = (await repositoryFiles()).filter((path) => path.endsWith(".proof.ts"));
    expect(files.filter((path) => !named.includes(path))).toEqual([]);
  });
});

describe("the command line", () => {
  test.each([
    [["nosuch"], /^there is no proof `nosuch`; they are .*kn86-update/],
    [["twn"], /did you mean twin\?/],
    [["--shard", "3/2"], /^--shard 3\/2: it is I\/N with I from 1 to N/],
    [["--shard", "0/2"], /^--shard 0\/2/],
    [["--shard", "half"], /^--shard half/],
    [["--list", "--status"], /exclude each other/],
  ])("%j is refused", (args, message) => {
    expect(() => readOptions(args, proofs)).toThrow(message);
  });
});

describe("what runs", () => {
  test("is all that does not measure, or what is named", () => {
    expect(names(chooseProofs(proofs, { names: [] }))).not.toContain("bench");
    expect(names(chooseProofs(proofs, { names: ["bench"] }))).toEqual(["bench"]);
    expect(names(chooseProofs(proofs, { names: [], measuring: true }))).toEqual(names(proofs));
    const { names: asked } = readOptions(["kernels", "twin"], proofs);
    expect(names(chooseProofs(proofs, { names: asked }))).toEqual([
      ...["kernels-5.10", "kernels-6.1", "kernels-6.12", "kernels-newest"],
      "twin",
    ]);
  });
  test("is shared out whole, each proof once, in parts of about the same length", () => {
    const whole = chooseProofs(proofs, { names: [] });
    const shards = [1, 2, 3].map((index) =>
      chooseProofs(proofs, { names: [], shard: { index, of: 3 } }),
    );
    expect(names(shards.flat()).sort()).toEqual(names(whole).sort());
    const minutes = shards.map((shard) => shard.reduce((sum, proof) => sum + proof.minutes, 0));
    const longest = Math.max(...whole.map((proof) => proof.minutes));
    expect(Math.max(...minutes) - Math.min(...minutes)).toBeLessThanOrEqual(longest);
  });
});

describe("what a proof covers", () => {
  test("follows imports through packages, and holds the stages of its image alone", async () => {
    const all = await repositoryFiles();
    const kn86 = coveredFiles(byName("kn86"), all);
    const lite = coveredFiles(byName("emulated"), all);
    for (const covered of [kn86, lite]) {
      expect(covered).toContain("packages/layers/src/index.ts");
      expect(covered).toContain("packages/layers/src/overlay/mount-overlay.ts");
      expect(covered).toContain("packages/binfmt/native/run.c");
      expect(covered).not.toContain("README.md");
    }
    const ofKn86 = (path: string) => path.startsWith("stages/kn86-");
    expect(kn86.some(ofKn86)).toBe(true);
    expect(lite.some(ofKn86)).toBe(false);
    expect(coveredFiles(byName("fuzz"), all)).not.toContain("apps/cli/src/main.ts");
  });
});

describe("figures", () => {
  const record = {
    ...{ name: "x", commit: "0123456789abcdef", digest: "a", finished: "", seconds: 1 },
    ...{ passed: 2, failed: 0, skipped: 0, success: true, tests: [] },
  };
  test.each([
    [undefined, "not run here"],
    [record, "holds: ran at 0123456"],
    [{ ...record, digest: "b" }, "out of date: what it covers has changed since it ran at 0123456"],
    [{ ...record, success: false }, "failed at 0123456"],
    [{ ...record, passed: 0, skipped: 1 }, "skipped at 0123456"],
  ])("hold for the files that they were made with: %j", (kept, verdict) => {
    expect(judge(kept, "a")).toBe(verdict);
  });
});
