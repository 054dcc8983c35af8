import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { twinPath } from "@pibuild/binfmt";
import { pidNamespace, startTime } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { sweepRegistrations } from "../src/redirection.ts";
import { twinChoice } from "../src/twin-variable.ts";

describe("PIBUILD_TWIN", () => {
  test.each([
    [undefined, "any"],
    ["", "any"],
    ["1", "any"],
    ["0", "off"],
    ["off", "off"],
    ["private", "private"],
    ["shared", "shared"],
  ])("%s means %s", (value, choice) => {
    expect(twinChoice(value === undefined ? {} : { PIBUILD_TWIN: value })).toBe(choice);
  });
});

needs("own mount namespace", "mount")(
  "what a killed build registered for the whole machine is taken back, a living one's is not",
  async () => {
    // Programs that begin so do not exist: the entries touch nobody.
    const register = (name: string) =>
      writeFile(join(twinPath, "register"), `:${name}:M::no-such-magic::/bin/false:`);
    const own = `pibuild-twin-${await pidNamespace()}`;
    const dead = `${own}-${2 ** 22 + 1}-1`;
    const before = `${own}-${process.pid}-1`;
    const living = `${own}-${process.pid}-${await startTime(process.pid)}`;
    const elsewhere = `pibuild-twin-1-${2 ** 22 + 1}-1`;
    const foreign = "not-pibuilds-twin-1";
    const all = [dead, before, living, elsewhere, foreign];
    for (const name of all) await register(name);
    try {
      expect((await sweepRegistrations()).sort()).toEqual([dead, before].sort());
      const left = await readdir(twinPath);
      expect(all.filter((name) => left.includes(name))).toEqual([living, elsewhere, foreign]);
    } finally {
      const left = (await readdir(twinPath)).filter((name) => all.includes(name));
      for (const name of left) await writeFile(join(twinPath, name), "-1");
    }
  },
);
