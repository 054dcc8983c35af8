import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binfmtStatus } from "../src/index.ts";
import { exitProgram } from "./elf-programs.ts";

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

function handler(flags: string, interpreter = "<dir>/static", bytes = aarch64, state = "enabled") {
  return [state, `interpreter ${interpreter}`, `flags: ${flags}`, ...bytes, ""].join("\n");
}

/** Files in the place of the kernel's; `<dir>` in them stands for where they are. */
async function statusOf(files: Record<string, string>, arch: "arm64" | "arm" = "arm64") {
  const directory = await mkdtemp(join(tmpdir(), "pibuild binfmt-"));
  try {
    for (const [name, text] of Object.entries(files))
      await writeFile(join(directory, name), text.replaceAll("<dir>", directory));
    await writeFile(join(directory, "static"), exitProgram("amd64", 0));
    await symlink("static", join(directory, "aarch64-binfmt-P"));
    const status = await binfmtStatus(arch, { directory, hostArch: "x64", platform: "linux" });
    return JSON.parse(JSON.stringify(status).replaceAll(directory, "<dir>")) as typeof status;
  } finally {
    await rm(directory, { recursive: true });
  }
}

const dynamic = process.execPath;
const on = { status: "enabled\n", register: "" };

test("Debian's older handler", async () => {
  const file = handler("POF", "/nowhere/qemu-aarch64-static");
  const found = {
    name: "qemu-aarch64",
    enabled: true,
    interpreter: "/nowhere/qemu-aarch64-static",
    flags: "POF",
    offset: 0,
    magic: "7f454c460201010000000000000000000200b700",
    mask: "ffffffffffffff00fffffffffffffffffeffffff",
    detail: "handler qemu-aarch64 runs /nowhere/qemu-aarch64-static",
  };
  expect(await statusOf({ ...on, "qemu-aarch64": file })).toEqual({
    arch: "arm64",
    state: "usable",
    detail: found.detail,
    handler: found,
    handlers: [found],
    works: { here: true, chroot: true, container: true },
    trial: "untried",
  });
});

test("Debian's newer handler, a container's whose interpreter is gone, one without a mask bit", async () => {
  const loose = [
    aarch64[0],
    aarch64[1],
    "mask fffffffffffefe00fffffffffffffffffeffffff",
  ] as string[];
  for (const file of [
    handler("POF", "<dir>/aarch64-binfmt-P"),
    handler("POCF", "/nowhere/qemu-aarch64"),
    handler("F", "<dir>/static", loose),
  ]) {
    expect(await statusOf({ ...on, anything: file })).toMatchObject({ state: "usable" });
  }
});

test("not mounted", async () => {
  expect(await statusOf({})).toMatchObject({
    state: "no-binfmt-misc",
    fix: [
      "mount -t binfmt_misc binfmt_misc <dir>",
      "apt-get install --yes qemu-user-static",
      "npx @pibuild/binfmt register --arch arm64",
    ],
  });
});

test("other formats do not count", async () => {
  const files = {
    ...on,
    "python3.11": handler("", "/usr/bin/python3.11", ["offset 0", "magic a70d0d0a"]),
    jar: "enabled\ninterpreter /usr/bin/jexec\nflags: \nextension .jar\n",
    "qemu-arm": handler("OPF", "<dir>/static", arm),
    "fixed-only": handler("F", "<dir>/static", [
      "offset 0",
      "magic 7f454c460201010000000000000000000200b700",
    ]),
  };
  expect(await statusOf(files)).toMatchObject({ state: "unregistered" });
  expect(await statusOf(files, "arm")).toMatchObject({ state: "usable" });
});

test("switched off, one or all", async () => {
  const off = handler("F", "<dir>/static", aarch64, "disabled");
  expect(await statusOf({ ...on, x: off })).toMatchObject({
    state: "disabled",
    fix: ["echo 1 > <dir>/x"],
  });
  expect(await statusOf({ ...on, status: "disabled\n", x: handler("F") })).toMatchObject({
    state: "disabled",
    fix: ["echo 1 > <dir>/status"],
  });
});

test("without F: the interpreter is there, or is not", async () => {
  expect(await statusOf({ ...on, x: handler("OC") })).toMatchObject({ state: "no-fix-flag" });
  expect(await statusOf({ ...on, x: handler("", "/nowhere/qemu") })).toMatchObject({
    state: "interpreter-missing",
    detail: "handler x names /nowhere/qemu, which does not exist",
  });
});

test("qemu that needs libraries works outside of a chroot, with or without F", async () => {
  const works = { here: true, chroot: false, container: false };
  const x = handler("F", dynamic);
  expect(await statusOf({ ...on, x })).toMatchObject({
    state: "interpreter-dynamic",
    works,
    detail: `handler x has flag F, but ${dynamic} needs libraries of the host`,
    fix: ["apt-get install --yes qemu-user-static", "npx @pibuild/binfmt repair --arch arm64"],
  });
  expect(await statusOf({ ...on, x: handler("OP") })).toMatchObject({ works });
});

test("the name that Debian's qemu goes by, without the flag that belongs to it", async () => {
  expect(await statusOf({ ...on, x: handler("OF", "<dir>/aarch64-binfmt-P") })).toMatchObject({
    state: "argv0-flag",
    works: { here: false, chroot: false },
    detail: "handler x lacks flag P, which <dir>/aarch64-binfmt-P relies on",
  });
});

test("all handlers are told, with what is wrong with each", async () => {
  const off = handler("", "/nowhere", aarch64, "disabled");
  const { handlers } = await statusOf({ ...on, a: handler(""), b: handler("F"), c: off });
  const rows = handlers.map(({ name, enabled, defect }) => `${name} ${enabled} ${defect}`);
  expect(rows.sort()).toEqual([
    "a true no-fix-flag",
    "b true undefined",
    "c false interpreter-missing",
  ]);
});

test("a host of the architecture itself needs nothing", async () => {
  const status = await binfmtStatus("arm64", { directory: "/nowhere", hostArch: "arm64" });
  expect(status.state).toBe("native");
});

test("on other systems, programs run in a virtual machine", async () => {
  const options = { directory: "/nowhere", hostArch: "x64", platform: "darwin" } as const;
  expect(await binfmtStatus("arm64", options)).toMatchObject({
    state: "not-linux",
    fix: ["npx @pibuild/binfmt register --arch arm64 --container"],
  });
});
