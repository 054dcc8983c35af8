import { findProgram } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { binfmtStatus, registration } from "../src/index.ts";
import { inNamespace, scenario } from "./namespace/in-namespace.ts";

inNamespace("the kernel takes the newest that is on, and lists it first", async () => {
  expect(await scenario("order")).toEqual([
    [9, ["b", "c", "a"]],
    [8, ["b", "c", "a"]],
    [9, ["b", "c", "a"]],
    [7, ["a", "b", "c"]],
  ]);
});

inNamespace("programs of both architectures run in a chroot, until it is undone", async () => {
  const host = await binfmtStatus("arm64");
  const seen = await scenario("register");
  expect(seen).toMatchObject({
    before: "unregistered",
    registered: { state: "usable", trial: "ran", handler: { name: "pibuild-aarch64" } },
    entry: expect.stringMatching(/^enabled\n.*\nflags: POF\n/),
    exitCode: 42,
    again: { state: "usable" },
    arm: { state: "usable", works: { here: true, chroot: true, container: true } },
    armExitCode: 42,
    undone: [{ arch: "arm64", what: "removed", name: "pibuild-aarch64" }],
    left: ["pibuild-arm", "status"],
    rest: [{ arch: "arm", what: "removed", name: "pibuild-arm" }],
    nothing: [],
    after: { entries: { status: "enabled\n" } },
  });
  expect(seen.after.exitCode).not.toBe(42);
  expect(await binfmtStatus("arm64")).toEqual(host);
});

inNamespace("binfmt_misc is mounted where it is not", async () => {
  expect(await scenario("register", { mounted: false })).toMatchObject({
    before: "no-binfmt-misc",
    exitCode: 42,
  });
});

inNamespace(
  "in a container, what its machine has registered counts without being seen",
  async () => {
    const qemu = findProgram("qemu-aarch64-static") ?? "";
    const outside = registration("outside", qemu);
    expect(await scenario("unseen", { mounted: false, outside })).toMatchObject({
      before: {
        state: "usable",
        handlers: [],
        detail: "arm64 programs run, by a handler that is not seen here",
      },
      after: { state: "usable", handlers: [] },
    });
  },
);

inNamespace("several at a time do once what is to be done", async () => {
  const { states, changes, entries } = await scenario("concurrently");
  expect(states).toEqual(["usable", "usable", "usable"]);
  expect(changes).toEqual([{ arch: "arm64", kind: "switched-off", name: "unfixed" }]);
  expect(Object.keys(entries)).toEqual(["pibuild-aarch64", "status", "unfixed"]);
});

inNamespace("what is only switched off is switched on, and off again", async () => {
  const on = {
    ...{ was: "disabled", state: "usable", taken: "foreign" },
    ...{ exitCode: 42, on: ["foreign", "status"], restored: true },
  };
  expect(await scenario("switchedOff")).toEqual({ one: on, all: on, good: on });
});

inNamespace("an ordinary user can ask, and is told what to run as root", async () => {
  expect(await scenario("notRoot", { root: false })).toMatchObject({
    trial: "failed",
    register: {
      code: "ENV_NEEDS_ROOT",
      message: "registering a handler for arm64 programs needs root",
      hint: "run `npx @pibuild/binfmt register --arch arm64` as root",
    },
    repair: { code: "ENV_NEEDS_ROOT", hint: "run `npx @pibuild/binfmt repair --arch arm` as root" },
    undo: [],
  });
});

inNamespace("where nothing can be tried, the handler's looks count", async () => {
  expect(await scenario("noexec")).toEqual([
    { state: "usable", trial: "ran" },
    { state: "usable", trial: "untried" },
  ]);
});

inNamespace("a binfmt_misc that is read-only, as in containers", async () => {
  expect(await scenario("readOnly")).toMatchObject({
    code: "ENV_BINFMT_REFUSED",
    message: expect.stringMatching(/^registering .*\/register` cannot be changed \(EROFS\)$/),
    hint: expect.stringContaining("register on the host instead"),
  });
});

inNamespace("no qemu at all, and one that needs libraries: nothing is changed", async () => {
  const { none, dynamic, node, before, after, undone } = await scenario("noQemu");
  expect(none).toMatchObject({
    code: "ENV_QEMU_MISSING",
    message: "no qemu for arm64 programs is installed",
    hint: expect.stringContaining("apt-get install qemu-user-static"),
  });
  expect(dynamic).toMatchObject({
    code: "ENV_QEMU_MISSING",
    message: expect.stringContaining(
      `\`${node}\` cannot work in a chroot, because it loads libraries there`,
    ),
  });
  expect(after).toEqual(before);
  expect(undone).toEqual([]);
});

inNamespace("a mount that fails, and a kernel that knows no binfmt_misc", async () => {
  expect(await scenario("notMountable")).toMatchObject({
    refused: { code: "ENV_BINFMT_REFUSED", message: expect.stringContaining("does not exist") },
    unknown: {
      code: "ENV_BINFMT_UNSUPPORTED",
      message: "this kernel has no binfmt_misc, so nothing can be mounted at `/nowhere/misc`",
    },
  });
});

const withFormats = needs("root", "Linux 6.7", "update-binfmts", "qemu-aarch64-static");

withFormats("a format that binfmt-support has off is switched on by its own program", async () => {
  const registered = { was: "unregistered", state: "usable", exitCode: 42, restored: true };
  const own = { ...registered, taken: "pibuild-aarch64", on: ["pibuild-aarch64", "status"] };
  expect(await scenario("formats")).toEqual({
    unfixed: own,
    fixed: { ...registered, taken: "format", on: ["format", "status"] },
    two: own,
  });
});
