import type { FieldChange } from "@pibuild/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chainDigest, explainChange, type FingerprintData, fingerprintOf } from "../src/index.ts";

const data: FingerprintData = {
  format: 1,
  parent: "aa".repeat(32),
  step: "base/01-net",
  files: [
    { path: "01-net/00-run.sh", type: "file", mode: "755", content: "0123456789abcdef" },
    { path: "01-net/files", type: "directory", mode: "755", content: "" },
    { path: "01-net/files/link", type: "symlink", mode: "777", content: "../target" },
  ],
  settings: { TARGET_HOSTNAME: "pi", LOCALE: "en_GB.UTF-8" },
  arch: "arm64",
  release: "trixie",
  sourceDateEpoch: 1_700_000_000,
  scripts: "bb".repeat(32),
  normalisation: "cc".repeat(32),
  tools: { mksquashfs: "4.6.1" },
};
const [script, directory, link] = data.files as [
  (typeof data.files)[0],
  (typeof data.files)[0],
  (typeof data.files)[0],
];
const withFiles = (...files: FingerprintData["files"]) => ({ ...data, files });
const without = ({ LOCALE }: Record<string, string>) => ({ LOCALE: LOCALE ?? "" });

/** One change of each kind, and how `why` names it. */
const changes: Record<string, [FingerprintData, FieldChange]> = {
  format: [
    { ...data, format: 2 as 1 },
    { field: "format", before: "1", after: "2" },
  ],
  parent: [
    { ...data, parent: "dd".repeat(32) },
    { field: "parent", before: "aa".repeat(32), after: "dd".repeat(32) },
  ],
  "no parent": [
    { ...data, parent: null },
    { field: "parent", before: "aa".repeat(32), after: "null" },
  ],
  step: [
    { ...data, step: "base/02-net" },
    { field: "step", before: "base/01-net", after: "base/02-net" },
  ],
  arch: [
    { ...data, arch: "armhf" },
    { field: "arch", before: "arm64", after: "armhf" },
  ],
  release: [
    { ...data, release: "forky" },
    { field: "release", before: "trixie", after: "forky" },
  ],
  sourceDateEpoch: [
    { ...data, sourceDateEpoch: 1_700_000_001 },
    { field: "sourceDateEpoch", before: "1700000000", after: "1700000001" },
  ],
  scripts: [
    { ...data, scripts: "x" },
    { field: "scripts", before: "bb".repeat(32), after: "x" },
  ],
  normalisation: [
    { ...data, normalisation: "x" },
    { field: "normalisation", before: "cc".repeat(32), after: "x" },
  ],
  "a tool's version": [
    { ...data, tools: { mksquashfs: "4.7" } },
    { field: "tools/mksquashfs", before: "4.6.1", after: "4.7" },
  ],
  "a new tool": [
    { ...data, tools: { ...data.tools, quilt: "0.68" } },
    { field: "tools/quilt", before: undefined, after: "0.68" },
  ],
  "a setting's value": [
    { ...data, settings: { ...data.settings, TARGET_HOSTNAME: "kn86" } },
    { field: "settings/TARGET_HOSTNAME", before: "pi", after: "kn86" },
  ],
  "a setting that is no longer seen": [
    { ...data, settings: without(data.settings) },
    { field: "settings/TARGET_HOSTNAME", before: "pi", after: undefined },
  ],
  "an empty setting": [
    { ...data, settings: { ...data.settings, EMPTY: "" } },
    { field: "settings/EMPTY", before: undefined, after: "" },
  ],
  "a file's content": [
    withFiles({ ...script, content: "fedcba9876543210" }, directory, link),
    { field: "files/01-net/00-run.sh", before: "0123456789ab", after: "fedcba987654" },
  ],
  "a file's mode": [
    withFiles({ ...script, mode: "644" }, directory, link),
    { field: "files/01-net/00-run.sh (mode)", before: "755", after: "644" },
  ],
  "a symlink's target": [
    withFiles(script, directory, { ...link, content: "elsewhere" }),
    { field: "files/01-net/files/link", before: "-> ../target", after: "-> elsewhere" },
  ],
  "a file where a directory was": [
    withFiles(script, { ...directory, type: "file" }, link),
    { field: "files/01-net/files", before: "directory", after: "" },
  ],
  "a removed file": [
    withFiles(script, directory),
    { field: "files/01-net/files/link", before: "-> ../target", after: undefined },
  ],
  "an added file": [
    withFiles(script, directory, link, { ...script, path: "01-net/01-run.sh" }),
    { field: "files/01-net/01-run.sh", before: undefined, after: "0123456789ab" },
  ],
};

describe("a fingerprint", () => {
  test("has a case here for every field", () => {
    const named = Object.values(changes).map(([, { field }]) => field.split("/")[0]);
    expect(new Set(named)).toEqual(new Set(Object.keys(data)));
  });

  test.each(Object.entries(changes))("changes with: %s", (_name, [changed]) => {
    expect(fingerprintOf(changed)).not.toBe(fingerprintOf(data));
  });

  test("differs for every one of these changes", () => {
    const all = [data, ...Object.values(changes).map(([changed]) => changed)].map(fingerprintOf);
    expect(new Set(all).size).toBe(all.length);
  });

  test("does not depend on the order of keys, or of files", () => {
    const reversed = Object.fromEntries(
      Object.entries({
        ...data,
        files: data.files.toReversed(),
        settings: Object.fromEntries(Object.entries(data.settings).toReversed()),
      }).toReversed(),
    ) as unknown as FingerprintData;
    expect(Object.keys(reversed)).not.toEqual(Object.keys(data));
    expect(fingerprintOf(reversed)).toBe(fingerprintOf(data));
  });

  test("of given data is always this one: stores outlive programs", () => {
    expect(fingerprintOf(data)).toMatchInlineSnapshot(
      `"b68e86c5f50f6974c1df6b96938f8de4b59e53877e9dca056fe8c1899365d0c0"`,
    );
  });

  test("does not mix a key with its value", () => {
    const strings = fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 });
    fc.assert(
      fc.property(strings, strings, (a, b) => {
        const same =
          JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
        const [one, two] = [a, b].map((settings) => fingerprintOf({ ...data, settings }));
        expect(one === two).toBe(same);
      }),
    );
  });
});

describe("why a step runs", () => {
  test.each(Object.entries(changes))(
    "%s is named, and nothing else",
    (_name, [changed, change]) => {
      expect(explainChange(data, changed)).toEqual([change]);
      expect(explainChange(changed, data)).toEqual([
        { field: change.field, before: change.after, after: change.before },
      ]);
    },
  );

  test("nothing, when nothing changed", () => {
    const files = data.files.toReversed();
    expect(explainChange(data, structuredClone({ ...data, files }))).toEqual([]);
  });

  test("several changes come in a stable order", () => {
    const after: FingerprintData = {
      ...data,
      parent: null,
      files: [
        { ...script, mode: "644", content: "new" },
        { ...script, path: "00-packages" },
      ],
      settings: {},
      tools: {},
    };
    expect(explainChange(data, after).map(({ field }) => field)).toEqual([
      "files/00-packages",
      "files/01-net/00-run.sh (mode)",
      "files/01-net/00-run.sh",
      "files/01-net/files",
      "files/01-net/files/link",
      "settings/LOCALE",
      "settings/TARGET_HOSTNAME",
      "tools/mksquashfs",
      "parent",
    ]);
  });
});

describe("a chain's digest", () => {
  test("tells chains apart by their layers, order and seams", () => {
    const chains = [[], ["ab"], ["a", "b"], ["b", "a"], ["a"], ["a", "a"], ["a", "b", ""]];
    const digests = chains.map((chain) => chainDigest(chain));
    expect(digests[0]).toBeNull();
    expect(new Set(digests).size).toBe(chains.length);
  });

  test("is the same for the same chain", () => {
    expect(chainDigest(["a", "b"])).toBe(chainDigest(["a", "b"]));
  });
});
