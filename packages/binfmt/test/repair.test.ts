import { createExec } from "@pibuild/core";
import { expect, test } from "vitest";
import { binfmtStatus, repairBinfmt } from "../src/index.ts";
import { inNamespace, scenario } from "./namespace/in-namespace.ts";

const usable = { state: "usable", exitCode: 42, restored: true };

inNamespace("a wrong handler is outdone by registering, and put aside by repairing", async () => {
  const seen = await scenario("wrong");
  const states = {
    gone: "interpreter-missing",
    unfixed: "no-fix-flag",
    dynamic: "interpreter-dynamic",
    argv0: "argv0-flag",
    fails: "fails",
  };
  for (const [name, was] of Object.entries(states)) {
    const own = { ...usable, was, taken: "pibuild-aarch64" };
    expect(seen[name], name).toEqual({
      registered: { ...own, on: [name, "pibuild-aarch64", "status"].sort() },
      repaired: { ...own, on: ["pibuild-aarch64", "status"] },
    });
  }
});

inNamespace(
  "of several handlers one stays: a good one, that of a running step beside it",
  async () => {
    expect(await scenario("several")).toEqual({
      uncovered: { ...usable, was: "no-fix-flag", taken: "good", on: ["good", "status"] },
      two: { ...usable, was: "usable", taken: "also-good", on: ["also-good", "status"] },
      twin: {
        ...usable,
        was: "usable",
        taken: "pibuild-twin-1-2",
        on: ["good", "pibuild-twin-1-2", "status"],
      },
      neither: {
        ...usable,
        was: "interpreter-missing",
        taken: "pibuild-aarch64",
        on: ["pibuild-aarch64", "status"],
      },
    });
  },
);

inNamespace("our own broken handler is replaced, and gone after undoing", async () => {
  expect(await scenario("ownIsBroken")).toMatchObject({
    before: "interpreter-missing",
    repaired: { state: "usable", handler: { flags: "POF" } },
    undone: [{ what: "removed", name: "pibuild-aarch64" }],
    entries: { status: "enabled\n" },
  });
});

inNamespace("Debian's handler, by the name that its qemu goes by, needs no repair", async () => {
  const { status, exitCode } = await scenario("debiansName");
  expect(status).toMatchObject({ state: "usable", handler: { name: "qemu-aarch64" } });
  expect(status.handlers).toHaveLength(1);
  expect(exitCode).toBe(42);
});

inNamespace("undoing leaves alone what others have taken away", async () => {
  expect(await scenario("goneMeanwhile")).toEqual([]);
});

test("a host that runs the programs is left alone", async ({ skip }) => {
  const exec = createExec();
  const before = await binfmtStatus("arm64", { exec });
  const on = before.handlers.filter(({ enabled }) => enabled);
  if (before.state !== "usable" || on.length > 1) skip(before.detail);
  expect(await repairBinfmt("arm64", exec)).toEqual(before);
});
