import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { changedTraces, hostTraces } from "@pibuild/test-kit";
import { afterAll, expect } from "vitest";
import { type SeenTraces, tracesFiles, tracesVariable } from "./traces-files.ts";

/** Notes what a test file leaves, so that what stays to the end can be laid to one. */
afterAll(() => {
  const directory = process.env[tracesVariable];
  if (directory === undefined) return;
  const files = tracesFiles(directory);
  const before = JSON.parse(readFileSync(files.before, "utf8"));
  const testFile = relative(process.cwd(), expect.getState().testPath ?? "");
  const seen: SeenTraces = { testFile, lines: changedTraces(before, hostTraces()) };
  writeFileSync(files.seen(testFile), JSON.stringify(seen));
});
