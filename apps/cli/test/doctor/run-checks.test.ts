import { PibuildError } from "@pibuild/core";
import { expect, test } from "vitest";
import type { Check, CheckResult } from "../../src/doctor/check.ts";
import { checks } from "../../src/doctor/checks.ts";
import { formatDiagnosis, formatSummary, jsonReport } from "../../src/doctor/report.ts";
import { type Diagnosis, runChecks } from "../../src/doctor/run-checks.ts";
import { contextOf } from "./host-table.ts";

const words = { asks: "", warns: "", fails: "", mended: "", mends: false, on: "anywhere" } as const;

function check(
  name: string,
  examine: () => CheckResult | undefined,
  on: Check["on"] = "anywhere",
): Check {
  return { ...words, name, on, examine: async () => examine() };
}

/** A check that finds something wrong until its mend has run. */
function broken(name: string, status: "warn" | "fail", action: () => Promise<void>): Check {
  let mended = false;
  const mend = async () => {
    await action();
    mended = true;
  };
  return check(name, () =>
    mended ? { status: "ok", detail: "there" } : { status, detail: "missing", fix: "get it", mend },
  );
}

async function run(rows: readonly Check[], fix: boolean, platform: NodeJS.Platform = "linux") {
  const reported: Diagnosis[] = [];
  const report = (diagnosis: Diagnosis) => void reported.push(diagnosis);
  const diagnoses = await runChecks(rows, contextOf({ platform }), { fix, report });
  expect(reported).toEqual(diagnoses);
  return diagnoses;
}

test("on macOS what is about Linux is not asked", async () => {
  const rows = [
    check("a", () => ({ status: "ok", detail: "" }), "linux"),
    check("b", () => undefined),
  ];
  expect(await run(rows, false, "darwin")).toEqual([]);
  expect((await run(rows, false)).map((one) => one.check)).toEqual(["a"]);
});

test("what is asked on macOS and Windows of the whole table", () => {
  const anywhere = checks.filter(({ on }) => on === "anywhere").map(({ name }) => name);
  expect(anywhere).toEqual([
    "images",
    "windows",
    "machine",
    "disk-space",
    "inodes",
    "clock",
    "mirrors",
    "pi-gen",
    "docker",
    "podman",
  ]);
});

test("without --fix nothing is mended", async () => {
  const [found] = await run([broken("a", "fail", () => Promise.reject(new Error("ran")))], false);
  expect(found).toMatchObject({ status: "fail", mended: false });
});

test("--fix mends failures and warnings, and asks again", async () => {
  const nothing = async () => {};
  const found = await run([broken("a", "fail", nothing), broken("b", "warn", nothing)], true);
  expect(found).toEqual([
    { check: "a", status: "ok", detail: "there", mended: true },
    { check: "b", status: "ok", detail: "there", mended: true },
  ]);
});

test("a mend that fails is told, and the checks after it are made", async () => {
  const failure = { command: "apt-get install x", exitCode: 100, tail: ["E: no such package"] };
  const [first, second] = await run(
    [
      broken("a", "fail", () => Promise.reject(new PibuildError("COMMAND_FAILED", failure))),
      check("b", () => ({ status: "ok", detail: "" })),
    ],
    true,
  );
  expect(first?.status).toBe("fail");
  expect(first?.detail).toBe(
    "missing\nmending it failed: `apt-get install x` exited with 100: E: no such package",
  );
  expect(second?.check).toBe("b");
});

test("Ctrl-C during a mend ends the run", async () => {
  const interrupted = new PibuildError("INTERRUPTED", { signal: "SIGINT" });
  await expect(run([broken("a", "fail", () => Promise.reject(interrupted))], true)).rejects.toBe(
    interrupted,
  );
});

test("a line a check, with what to do below those that need it, and a summary", async () => {
  const mend = async () => {};
  const rows: Diagnosis[] = [
    { check: "root", status: "ok", detail: "sudo is there", fix: "unused", mended: false },
    { check: "kernel", status: "ok", detail: "overlay", mended: true },
    { check: "wsl", status: "warn", detail: "one; two", fix: "do this\ndo that", mended: false },
    {
      check: "programs",
      status: "fail",
      detail: "missing: xz\nand more",
      fix: "get",
      mend,
      mended: false,
    },
  ];
  const text = [...rows.map((row) => formatDiagnosis(row, 8)), "", formatSummary(rows, false)].join(
    "\n",
  );
  expect(text).toMatchInlineSnapshot(`
    "ok      root      sudo is there
    mended  kernel    overlay
    warn    wsl       one; two
                      fix: do this
                      fix: do that
    fail    programs  missing: xz
                      and more
                      fix: get

    4 checks: 1 failed, 1 warning; \`pibuild doctor --fix\` mends programs"
  `);
  expect(formatSummary(rows, true)).toBe("4 checks: 1 failed, 1 warning");
  expect(formatSummary(rows.slice(0, 1), false)).toBe("1 check: all is well");
  expect(jsonReport("pi", rows.slice(2))).toEqual({
    schema: 1,
    image: "pi",
    ok: false,
    findings: [
      {
        check: "wsl",
        status: "warn",
        detail: "one; two",
        fix: "do this\ndo that",
        mendable: false,
        mended: false,
      },
      {
        check: "programs",
        status: "fail",
        detail: "missing: xz\nand more",
        fix: "get",
        mendable: true,
        mended: false,
      },
    ],
  });
});
