import { mkdir, mkdtemp, readdir, readlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeTree } from "@pibuild/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { composeTwin } from "../src/twin/compose/compose-twin.ts";
import { graftOlder, ungraftedName } from "../src/twin/graft.ts";
import { exitProgram } from "./elf-programs.ts";

const [newId, oldId, sameId] = ["1", "2", "3"].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pibuild-compose-"));
});
afterEach(() => removeTree(directory));

const at = (...parts: readonly string[]) => join(directory, ...parts);

/** Trees for both machines with these programs, by name and build id. */
async function trees(name: string, programs: Readonly<Record<string, string>>) {
  for (const [program, id] of Object.entries(programs)) {
    for (const machine of ["amd64", "arm64"] as const) {
      const path = at(name, machine, "usr/bin", program);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, exitProgram(machine, 0, id));
    }
  }
  return { host: at(name, "amd64"), target: at(name, "arm64") };
}

async function compose(older: Readonly<Record<string, string>>): Promise<void> {
  await writeFile(at("own"), "");
  await composeTwin(
    {
      newest: await trees("newest", { "apt-get": newId, cat: sameId }),
      older: await trees("older", older),
      ...{ perlShim: at("own"), qemu: at("own") },
    },
    at("twin"),
  );
}

test("programs of a release's first versions lie beside the newest, each known by its build", async () => {
  await compose({ "apt-get": oldId, cat: sameId });
  const listed = async (id: string) => readlink(at("twin/run/always", id));
  expect(await listed(newId)).toBe("../../usr/bin/apt-get");
  expect(await listed(oldId)).toBe("../../older/usr/bin/apt-get");
  expect(await listed(sameId)).toBe("../../usr/bin/cat");
  expect(await readdir(at("twin/older/usr/bin"))).toEqual(["apt-get"]);
});

test("where nothing was upgraded, nothing lies there twice", async () => {
  await compose({ "apt-get": newId, cat: sameId });
  expect(await readdir(at("twin"))).not.toContain("older");
});

test("an older apt needs libraries by names of their own, which lead back to its package's", () => {
  const program = Buffer.from("\0libapt-private.so.0.0\0libapt-pkg.so.6.0\0libc.so.6\0");
  graftOlder(program);
  const [, first = "", second = "", third] = program.toString().split("\0");
  expect([first, second, third]).toEqual([
    ...["libapt-earlier.so.0.0", "libapt-old.so.6.0", "libc.so.6"],
  ]);
  expect([first, second, "libc.so.6"].map(ungraftedName)).toEqual([
    ...["libapt-private.so.0.0", "libapt-pkg.so.6.0", "libc.so.6"],
  ]);
});
