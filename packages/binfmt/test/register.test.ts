import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, missingPrograms } from "@pibuild/core";
import { expect, test } from "vitest";
import { binfmtStatus, registerBinfmt } from "../src/index.ts";

const exec = createExec();

/** Runs a script as root of a new user namespace, and gives what it printed. */
async function inNamespace(script: string, root: string): Promise<string> {
  const { stdout } = await exec.run({
    program: "unshare",
    args: [
      ...["--user", "--map-root-user", "--mount", "--"],
      ...[process.execPath, "--conditions=@pibuild/source", script, root],
    ],
  });
  return stdout;
}

/** Why the real test cannot run here; undefined where it can. */
async function obstacle(): Promise<string | undefined> {
  if (process.arch === "arm64") return "this host is arm64 itself";
  const missing = missingPrograms(["unshare", "mount", "umount", "chroot", "qemu-aarch64-static"]);
  if (missing.length > 0) return `missing programs: ${missing.join(", ")}`;
  const directory = await mkdtemp(join(tmpdir(), "pibuild-binfmt-"));
  const mount = ["mount", "-t", "binfmt_misc", "binfmt_misc", directory];
  try {
    await exec.run({
      program: "unshare",
      args: ["--user", "--map-root-user", "--mount", "--", ...mount],
    });
    return undefined;
  } catch {
    return "no binfmt_misc in a user namespace (Linux 6.7 and unprivileged namespaces)";
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("a fresh binfmt_misc: mounted, registered, switched on, mended; programs run in a chroot", async ({
  skip,
}) => {
  const reason = await obstacle();
  if (reason !== undefined) skip(reason);
  const host = await binfmtStatus("arm64");
  const root = await mkdtemp(join(tmpdir(), "pibuild-binfmt-"));
  const script = join(import.meta.dirname, "in-namespace.ts");
  const seen = JSON.parse(
    await inNamespace(script, root).finally(() => rm(root, { recursive: true })),
  );
  expect(seen).toMatchObject({
    before: "no-binfmt-misc",
    registered: { state: "usable", handler: { name: "pibuild-aarch64" } },
    entry: expect.stringMatching(/^enabled\n.*\nflags: POF\n/),
    exitCode: 42,
    again: "usable",
    off: "disabled",
    on: { state: "usable", handler: { name: "foreign" } },
    broken: "interpreter-missing",
    mended: "usable",
    mendedExitCode: 42,
  });
  expect(seen.offExitCode).not.toBe(42);
  expect(seen.brokenExitCode).not.toBe(42);
  expect(await binfmtStatus("arm64")).toEqual(host);
});

test("a host that runs the programs is left alone", async ({ skip }) => {
  const before = await binfmtStatus("arm64");
  if (before.state !== "usable" && before.state !== "native") skip(before.detail);
  expect(await registerBinfmt("arm64", exec)).toEqual(before);
});
