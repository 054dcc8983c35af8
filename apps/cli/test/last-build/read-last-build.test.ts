import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "@pibuild/core";
import { expect, onTestFinished, test } from "vitest";
import { describeLastBuild, describeLastRun } from "../../src/last-build/describe-last-build.ts";
import { readLastBuild } from "../../src/last-build/read-last-build.ts";

async function lastBuild(lines: readonly string[]) {
  const logs = await mkdtemp(join(tmpdir(), "pibuild logs-"));
  onTestFinished(() => removeTree(logs));
  await writeFile(join(logs, "events.ndjson"), lines.join("\n"));
  return readLastBuild(logs);
}

const at = Date.parse("2026-11-20T15:52:00");
const event = (type: string, fields: object) => JSON.stringify({ at, type, ...fields });

test("a build that was killed, and its last line with it, is told as far as it is known", async () => {
  const build = await lastBuild([
    event("step-cached", { step: "one/prerun" }),
    "null",
    event("step-started", { step: "one/00-a", reason: { kind: "changed", fields: ["arch"] } }),
    '{"at":17',
  ]);
  if (build === undefined) throw new Error("there was a build");
  expect(describeLastBuild("pi", build)).toEqual([
    "last build of pi (2026-11-20 15:52): 1 of 2 steps cached",
    "one/00-a  stopped (changed: arch)",
  ]);
  expect(describeLastRun(build, "one/prerun")).toBe("last build (2026-11-20 15:52): cached");
  expect(describeLastRun(build, "one/01-b")).toBeUndefined();
});

test("steps that run one after the other are told by the one they began with, over all of a build", async () => {
  const after = (step: string, parent: string) =>
    event("step-started", { step, reason: { kind: "parent-changes", parent } });
  const build = await lastBuild([
    event("step-started", { step: "one/00-a", reason: { kind: "changed", fields: ["arch"] } }),
    after("one/01-b", "one/00-a"),
    // The next stage looks the chain up again.
    ...["one/00-a", "one/01-b"].map((step) => event("step-cached", { step })),
    after("two/prerun", "one/01-b"),
    event("step-cached", { step: "two/00-c" }),
    after("two/01-d", "two/00-c"),
  ]);
  const whys = [...(build?.runs ?? [])].flatMap(([name, { why }]) => (why ? [[name, why]] : []));
  expect(whys).toEqual([
    ["one/00-a", "changed: arch"],
    ["one/01-b", "after one/00-a"],
    ["two/prerun", "after one/00-a"],
    ["two/01-d", "after two/00-c"],
  ]);
});

test("without a build there is none", async () => {
  expect(await lastBuild([])).toBeUndefined();
  expect(await readLastBuild("/nowhere")).toBeUndefined();
});
