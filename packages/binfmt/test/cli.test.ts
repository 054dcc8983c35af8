import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { expect, test } from "vitest";
import { inNamespace, namespace } from "./namespace/in-namespace.ts";

const bin = join(import.meta.dirname, "..", "bin", "pibuild-binfmt.mjs");
const exec = createExec();
const allowExit = Array.from({ length: 256 }, (_, code) => code);

/** Calls of the built program, one after the other in one namespace; what each ended with and said. */
async function inOneNamespace(calls: readonly string[]): Promise<string[]> {
  const lines = calls.map((call) =>
    call.startsWith("echo ") ? call : `"$0" "$1" ${call} 2>&1; echo "exit $?"; echo ----`,
  );
  const { stdout } = await exec.run({
    program: "unshare",
    args: [...namespace(), "bash", "-c", lines.join("\n"), process.execPath, bin],
  });
  return stdout.split("----\n").map((part) => part.replaceAll(/(^|\n)----$/g, "").trim());
}

inNamespace("status, register, repair and undo, as people read them", async () => {
  const said = await inOneNamespace([
    "status --arch arm64",
    "register --arch arm64",
    "status",
    "register",
    "undo --arch arm",
    "undo",
    "undo",
  ]);
  expect(said.map((text) => text.replaceAll(/\/\S*\/qemu-/g, "<qemu>-"))).toMatchInlineSnapshot(`
    [
      "arm64: unregistered: no handler is registered for arm64 programs
      fix: apt-get install --yes qemu-user-static
      fix: npx @pibuild/binfmt register --arch arm64
    exit 4",
      "arm64: usable: handler pibuild-aarch64 runs <qemu>-aarch64-static
      taken   pibuild-aarch64  POF  <qemu>-aarch64-static
    exit 0",
      "arm64: usable: handler pibuild-aarch64 runs <qemu>-aarch64-static
      taken   pibuild-aarch64  POF  <qemu>-aarch64-static
    arm: unregistered: no handler is registered for arm programs
      fix: apt-get install --yes qemu-user-static
      fix: npx @pibuild/binfmt register --arch arm
    exit 4",
      "arm64: usable: handler pibuild-aarch64 runs <qemu>-aarch64-static
      taken   pibuild-aarch64  POF  <qemu>-aarch64-static
    arm: usable: handler pibuild-arm runs <qemu>-arm-static
      taken   pibuild-arm  POF  <qemu>-arm-static
    exit 0",
      "arm: removed pibuild-arm
    exit 0",
      "arm64: removed pibuild-aarch64
    exit 0",
      "there is nothing to undo
    exit 0",
    ]
  `);
});

inNamespace("JSON on standard output, and nothing else", async () => {
  const [status = "", register = "", undo = ""] = await inOneNamespace([
    "status --arch arm --json",
    "register --arch arm --json",
    "undo --json",
  ]);
  const parse = (text: string) => {
    const [, json = "", code] = /^(.*)\nexit (\d+)/s.exec(text) ?? [];
    return { code, ...JSON.parse(json) };
  };
  expect(parse(status)).toMatchObject({
    ...{ code: "4", schema: 1 },
    archs: [{ arch: "arm", state: "unregistered", trial: "failed", handlers: [] }],
  });
  expect(parse(register)).toMatchObject({
    ...{ code: "0", schema: 1 },
    archs: [{ state: "usable", trial: "ran", works: { chroot: true } }],
  });
  expect(parse(undo)).toMatchObject({
    ...{ code: "0", schema: 1 },
    undone: [{ arch: "arm", what: "removed", name: "pibuild-arm" }],
  });
});

test("wrong usage: exit code 2, and standard output stays empty", async () => {
  const run = (...args: string[]) => exec.run({ program: "node", args: [bin, ...args], allowExit });
  for (const [args, message] of [
    [["stauts"], "did you mean `status`?"],
    [["status", "--arch", "amd64"], 'Expected "amd64" to be one of (arm64|arm)'],
    [["undo", "--container"], "--container"],
  ] as const) {
    const { exitCode, stdout, stderr } = await run(...args);
    expect({ exitCode, stdout }, args.join(" ")).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(message);
  }
});

test("an error with its hint: exit code 4", async () => {
  const { exitCode, stdout, stderr } = await exec.run({
    program: "node",
    args: [bin, "status", "--container", "--engine", "docker"],
    env: { PIBUILD_TOOL_DOCKER: "/nowhere/docker" },
    allowExit,
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: "" });
  expect(stderr).toMatchInlineSnapshot(`
    "error: docker does not answer: it is not installed

    hint: install and start docker, until \`docker info\` works for this user"
  `);
});
