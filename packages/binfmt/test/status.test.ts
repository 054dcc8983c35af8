import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binfmtStatus } from "../src/index.ts";
import { registerLine } from "../src/register-line.ts";

const aarch64 = [
  "offset 0",
  "magic 7f454c460201010000000000000000000200b700",
  "mask ffffffffffffff00fffffffffffffffffeffffff",
];
const arm = [
  "offset 0",
  "magic 7f454c4601010100000000000000000002002800",
  "mask ffffffffffffff00fffffffffffffffffeffffff",
];

function handler(flags: string, interpreter = "/bin/sh", bytes = aarch64, state = "enabled") {
  return [state, `interpreter ${interpreter}`, `flags: ${flags}`, ...bytes, ""].join("\n");
}

async function statusOf(files: Record<string, string>, arch: "arm64" | "arm" = "arm64") {
  const directory = await mkdtemp(join(tmpdir(), "pibuild binfmt-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const status = await binfmtStatus(arch, { directory, hostArch: "x64" });
    return { ...status, fix: status.fix?.map((line) => line.replaceAll(directory, "<misc>")) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const on = { status: "enabled\n", register: "" };

test("Debian's older handler", async () => {
  const file = handler("POF", "/usr/bin/qemu-aarch64-static");
  expect(await statusOf({ ...on, "qemu-aarch64": file })).toEqual({
    state: "usable",
    detail: "handler qemu-aarch64 runs /usr/bin/qemu-aarch64-static",
    fix: undefined,
    handler: {
      name: "qemu-aarch64",
      enabled: true,
      interpreter: "/usr/bin/qemu-aarch64-static",
      flags: "POF",
      offset: 0,
      magic: "7f454c460201010000000000000000000200b700",
      mask: "ffffffffffffff00fffffffffffffffffeffffff",
    },
  });
});

test("Debian's newer handler, a container's whose interpreter is gone, one without a mask bit", async () => {
  const loose = [
    aarch64[0],
    aarch64[1],
    "mask fffffffffffefe00fffffffffffffffffeffffff",
  ] as string[];
  for (const file of [
    handler("POF", "/usr/libexec/qemu-binfmt/aarch64-binfmt-P"),
    handler("POCF", "/nowhere/qemu-aarch64"),
    handler("F", "/bin/sh", loose),
  ]) {
    expect(await statusOf({ ...on, anything: file })).toMatchObject({ state: "usable" });
  }
});

test("not mounted", async () => {
  expect(await statusOf({})).toMatchObject({
    state: "no-binfmt-misc",
    fix: ["mount -t binfmt_misc binfmt_misc <misc>", "apt-get install --yes qemu-user-static"],
  });
});

test("other formats do not count", async () => {
  const files = {
    ...on,
    "python3.11": handler("", "/usr/bin/python3.11", ["offset 0", "magic a70d0d0a"]),
    jar: "enabled\ninterpreter /usr/bin/jexec\nflags: \nextension .jar\n",
    "qemu-arm": handler("OPF", "/bin/sh", arm),
    "fixed-only": handler("F", "/bin/sh", [
      "offset 0",
      "magic 7f454c460201010000000000000000000200b700",
    ]),
  };
  expect(await statusOf(files)).toMatchObject({ state: "unregistered" });
  expect(await statusOf(files, "arm")).toMatchObject({ state: "usable" });
});

test("switched off, one or all", async () => {
  const off = handler("F", "/bin/sh", aarch64, "disabled");
  expect(await statusOf({ ...on, x: off })).toMatchObject({
    state: "disabled",
    fix: ["echo 1 > <misc>/x"],
  });
  expect(await statusOf({ ...on, status: "disabled\n", x: handler("F") })).toMatchObject({
    state: "disabled",
    fix: ["echo 1 > <misc>/status"],
  });
});

test("without F: the interpreter is there, or is not", async () => {
  expect(await statusOf({ ...on, x: handler("OC") })).toMatchObject({ state: "no-fix-flag" });
  expect(await statusOf({ ...on, x: handler("", "/nowhere/qemu") })).toMatchObject({
    state: "interpreter-missing",
    detail: "handler x names /nowhere/qemu, which does not exist",
  });
});

test("a good handler beside broken ones", async () => {
  const files = { ...on, a: handler(""), b: handler("F"), c: handler("", "/nowhere") };
  expect(await statusOf(files)).toMatchObject({ state: "usable", handler: { name: "b" } });
});

test("a host of the architecture itself needs nothing", async () => {
  const status = await binfmtStatus("arm64", { directory: "/nowhere", hostArch: "arm64" });
  expect(status.state).toBe("native");
});

test("the line for the kernel", () => {
  const spec = { name: "x", magic: "7f45", mask: "ff00", interpreter: "/usr/bin/q", flags: "F" };
  expect(registerLine(spec)).toBe(":x:M::\\x7f\\x45:\\xff\\x00:/usr/bin/q:F");
  expect(registerLine({ ...spec, interpreter: "/a:b" })).toBe("|x|M||\\x7f\\x45|\\xff\\x00|/a:b|F");
});
