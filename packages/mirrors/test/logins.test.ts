import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Login } from "@pibuild/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAuthConf, parseAuthConf } from "../src/auth-conf.ts";
import { hostLogins } from "../src/host-logins.ts";
import { hostMirrors } from "../src/host-mirrors.ts";

test("apt's own logins, and those in its sources", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild apt-"));
  const aptDirectory = scratch.path;
  for (const name of ["sources.list.d", "auth.conf.d"]) await mkdir(join(aptDirectory, name));
  const write = (name: string, text: string) => writeFile(join(aptDirectory, name), text);
  await write("sources.list", "deb https://a:pw-a@a.example.org/debian/ bookworm main\n");
  await write(
    "sources.list.d/b.sources",
    "Types: deb\nURIs: https://b:pw-b@b.example.org/x\nSuites: bookworm\nComponents: main\n",
  );
  await write("auth.conf", "machine c.example.org login c password pw-c\n");
  await write(
    "auth.conf.d/d.conf",
    "machine http://d.example.org:80/x\n  login d\n  account none\n  password pw-d\nmachine e.example.org\tpassword pw-e",
  );
  await write("auth.conf.d/d.conf.save", "machine no.example.org login no password no\n");
  expect(await hostLogins({ aptDirectory })).toEqual([
    { machine: "https://a.example.org/debian", user: "a", password: "pw-a" },
    { machine: "https://b.example.org/x", user: "b", password: "pw-b" },
    { machine: "c.example.org", user: "c", password: "pw-c" },
    { machine: "http://d.example.org:80/x", user: "d", password: "pw-d" },
    { machine: "e.example.org", user: "", password: "pw-e" },
  ]);
  expect((await hostMirrors({ aptDirectory })).map(({ uri }) => uri)).toEqual([
    "https://a.example.org/debian",
    "https://b.example.org/x",
  ]);
});

test("what is written for apt is read as it was, but for words with a blank", () => {
  const word = fc.string({ minLength: 1, maxLength: 9, unit: "grapheme" });
  const login: fc.Arbitrary<Login> = fc.record({ machine: word, user: word, password: word });
  fc.assert(
    fc.property(fc.array(login, { maxLength: 4 }), (logins) => {
      const whole = logins.filter((each) => !/\s/.test(Object.values(each).join("")));
      // A word of the format itself is one that apt cannot tell either.
      fc.pre(!whole.some((each) => /^(machine|login|password)$/.test(Object.values(each).join())));
      expect(parseAuthConf(formatAuthConf(logins))).toEqual(whole);
    }),
  );
});
