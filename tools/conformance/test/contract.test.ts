import { join } from "node:path";
import { createExec, ownMounts, programsFor } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { readOptions } from "../options.ts";

const tool = join(import.meta.dirname, "../conformance.ts");
const wanted = [...programsFor("steps"), ...programsFor("disk"), "own mount namespace"] as const;

/** What the command prints and ends with, for the contract stages. */
async function conformance(env: Record<string, string>) {
  const { stdout, exitCode } = await createExec().run({
    program: "unshare",
    args: [...ownMounts, process.execPath, tool, "--contract"],
    env,
    allowExit: [1],
  });
  return { stdout, exitCode };
}

needs(...wanted)("contract stages leave the tree of plain copies", async () => {
  const { stdout, exitCode } = await conformance({});
  expect(stdout).toContain("layered, and with plain copies");
  expect(stdout).toMatch(/^equal$/m);
  expect(exitCode).toBe(0);
});

needs(...wanted, "PIGEN_DIR")("contract stages leave the tree of pi-gen's build.sh", async () => {
  const { stdout, exitCode } = await conformance({ PIGEN_DIR: process.env.PIGEN_DIR ?? "" });
  expect(stdout).toContain("layered, and with build.sh");
  expect(stdout).toMatch(/^equal$/m);
  expect(exitCode).toBe(0);
});

test("the command line names a checkout, or its stages, or neither", () => {
  expect(readOptions([], { PIGEN_DIR: "/x/pi-gen" })).toMatchObject({
    piGen: "/x/pi-gen",
    stages: ["stage0", "stage1", "stage2"],
    contract: false,
  });
  expect(readOptions(["--contract", "--pi-gen", "/y"], {})).toMatchObject({
    piGen: "/y",
    contract: true,
  });
  expect(() => readOptions(["--stage", "x"], {})).toThrow("--stage");
});
