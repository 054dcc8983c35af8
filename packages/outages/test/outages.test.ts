import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRedactor, PibuildError } from "@pibuild/core";
import { expect, test } from "vitest";
import {
  classify,
  listOutages,
  outageJsonSchema,
  readOutage,
  recordOutage,
  resolveOutage,
  writeOutage,
} from "../src/index.ts";

const scratch = () => mkdtempDisposable(join(tmpdir(), "pibuild outages-"));
const failure = { command: "x", tail: [], exitCode: 100 };
const mirror = new PibuildError("MIRROR_UNREACHABLE", { url: "http://m.example/x", detail: "404" });
const step = new PibuildError(
  "STEP_FAILED",
  { image: "t", step: "s/00", action: "00-run.sh", failure, logFile: "/l", shell: "x" },
  { cause: mirror },
);

test("the cause of a step that failed is what lies behind it, and a step's own fault is no outage", () => {
  expect(classify(step)).toMatchObject({ component: "mirror", code: "MIRROR_UNREACHABLE" });
  const full = new PibuildError("ENV_DISK_FULL", { path: "/x", freeBytes: 0 });
  expect(classify(full)).toMatchObject({ component: "disk", slug: "disk-full" });
  const own = new PibuildError("STEP_FAILED", { ...step.data, failure });
  for (const error of [
    own,
    new Error("x"),
    "x",
    undefined,
    new PibuildError("USAGE", { message: "x" }),
  ])
    expect(classify(error)).toBeUndefined();
});

test("one cause has one file a day, which keeps what a person wrote, without secrets", async () => {
  await using work = await scratch();
  const now = new Date("2026-03-02T10:00:00Z");
  const context = { image: "t", now, redact: createRedactor(["s3cret"]) };
  const cause = classify(step);
  if (cause === undefined) throw new Error("it has a cause");
  const path = await recordOutage(work.path, { ...cause, rootCause: "with s3cret" }, context);
  expect(path).toBe(join(work.path, "outages/2026-03-02-mirror-did-not-deliver.json"));
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({
    ...{ id: "2026-03-02-mirror-did-not-deliver", date: "2026-03-02", component: "mirror" },
    ...{ rootCause: "with ***", resolution: "", image: "t" },
    references: ["error MIRROR_UNREACHABLE"],
  });
  await resolveOutage(work.path, "2026-03-02-mirror-did-not-deliver", "another mirror");
  await recordOutage(work.path, cause, { ...context, tried: ["again"] });
  const again = await readOutage(work.path, "2026-03-02-mirror-did-not-deliver");
  expect(again).toMatchObject({ resolution: "another mirror", rootCause: "with ***" });
  expect(again.tried?.filter((line) => line === "again")).toEqual(["again"]);
  expect(await listOutages(work.path)).toHaveLength(1);
});

test("files of other hands are read, the newest first, and what is wrong in them is said at once", async () => {
  await using work = await scratch();
  const older = {
    ...{ id: "2025-01-31-dns", date: "2025-01-31", component: "dns", rootCause: "x" },
    ...{ resolution: "y", references: ["https://example.org/1"], longForm: "2025-01-31-dns.md" },
    dateRanges: [{ start: "2025-01-31", end: "2025-02-01" }],
  };
  await writeOutage(work.path, older);
  await writeOutage(work.path, { ...older, id: "2026-01-31-dns", date: "2026-01-31" });
  expect((await listOutages(work.path)).map(({ id }) => id)).toEqual([
    "2026-01-31-dns",
    "2025-01-31-dns",
  ]);
  const bad = (name: string, text: string) => writeFile(join(work.path, "outages", name), text);
  await bad("2025-02-01-a.json", "{");
  await bad("2025-02-01-b.json", JSON.stringify({ ...older, date: "31 January" }));
  await bad("2025-02-01-c.json", JSON.stringify(older));
  await bad("schema.json", "{");
  await expect(listOutages(work.path)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    data: {
      issues: [
        { message: expect.stringContaining("2025-02-01-c") },
        { message: expect.stringContaining("`date`") },
        { message: "expected JSON" },
      ],
    },
  });
  await expect(readOutage(work.path, "2020-01-01-x")).rejects.toMatchObject({
    code: "CONFIG_MISSING",
  });
});

test("the schema is a draft-07 one, with what other tools require", () => {
  expect(outageJsonSchema()).toMatchObject({
    $schema: "http://json-schema.org/draft-07/schema#",
    required: ["id", "date", "component", "rootCause", "resolution", "references"],
    additionalProperties: false,
  });
});
