import { readdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { twinPath } from "@pibuild/binfmt";
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
    const namespace = /\d+/.exec(await readlink("/proc/self/ns/pid"))?.[0];
    const dead = `pibuild-twin-${namespace}-${2 ** 22 + 1}`;
    const living = `pibuild-twin-${namespace}-${process.pid}`;
    const elsewhere = `pibuild-twin-1-${2 ** 22 + 1}`;
    const foreign = "not-pibuilds-twin-1";
    process.title = "pibuild test";
    const all = [dead, living, elsewhere, foreign];
    for (const name of all) await register(name);
    try {
      expect(await sweepRegistrations()).toEqual([dead]);
      const left = await readdir(twinPath);
      expect(left).not.toContain(dead);
      expect(left).toEqual(expect.arrayContaining([living, elsewhere, foreign]));
    } finally {
      const left = (await readdir(twinPath)).filter((name) => all.includes(name));
      for (const name of left) await writeFile(join(twinPath, name), "-1");
    }
  },
);
