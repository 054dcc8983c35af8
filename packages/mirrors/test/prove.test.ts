import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { debianMirrors } from "../src/debian-mirrors.ts";
import { parseOneLine } from "../src/one-line.ts";
import { createProve } from "../src/prove.ts";

const onGpg = needs("gpg", "gpgconf", "gpgv");
const exec = createExec();
const wanted = { release: "bookworm", arch: "arm64" };

describe("a mirror that somebody else's may be", () => {
  let scratch: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let server: Server;
  let host: string;
  let keyring: string;
  const files = new Map<string, string>();
  const asked: string[] = [];

  const gpg = async (args: readonly string[], input?: string) => {
    const homedir = ["--homedir", scratch.path, "--batch", "--quiet"];
    const unlocked = ["--pinentry-mode", "loopback", "--passphrase", ""];
    const given = input === undefined ? {} : { input };
    const { stdout } = await exec.run({
      program: "gpg",
      args: [...homedir, ...unlocked, ...args],
      ...given,
    });
    return stdout;
  };
  const release = (origin: string, suite: string) =>
    `Origin: ${origin}\nLabel: Debian\nSuite: oldstable\nCodename: ${suite}\nDate: today\n`;
  const sign = (user: string, text: string) => gpg(["--local-user", user, "--clearsign"], text);

  beforeAll(async () => {
    scratch = await mkdtempDisposable(join(tmpdir(), "pg-"));
    for (const user of ["debian@example.org", "vendor@example.org"])
      await gpg(["--quick-generate-key", user, "ed25519", "sign", "never"]);
    keyring = join(scratch.path, "keyring.gpg");
    await gpg(["--output", keyring, "--export", "debian@example.org"]);
    const own = await sign("debian@example.org", release("Debian", "bookworm"));
    const paths = {
      ours: own,
      vendor: await sign("vendor@example.org", release("Debian", "bookworm")),
      other: await sign("debian@example.org", release("Debian", "trixie")),
      named: await sign("debian@example.org", release("Vendor", "bookworm")),
      edited: own.replace("Label: Debian", "Label: Edited"),
      around: `${release("Debian", "bookworm")}\n${await sign("vendor@example.org", "x\n")}`,
      plain: release("Debian", "bookworm"),
    };
    for (const [name, text] of Object.entries(paths))
      files.set(`/${name}/dists/bookworm/InRelease`, text);
    server = createServer(({ url = "" }, response) => {
      asked.push(url);
      const text = files.get(url);
      response.writeHead(text === undefined ? 404 : 200).end(text ?? "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await exec.run({
      program: "gpgconf",
      args: ["--homedir", scratch.path, "--kill", "gpg-agent"],
    });
    await scratch[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    asked.length = 0;
  });

  const mirrorsOf = (lines: readonly string[], name: string) => {
    const file = join(scratch.path, name, "mirrors.json");
    const prove = createProve({ exec, file, keyring, env: {} });
    return debianMirrors(wanted, parseOneLine(lines.join("\n"), "list").sources, prove);
  };
  const line = (name: string) => `deb ${host}/${name} bookworm main`;

  onGpg("is Debian's where Debian's keys have signed that it is, wherever it stands", async () => {
    const others = ["vendor", "other", "named", "edited", "around", "plain", "none"].map(line);
    const found = await mirrorsOf([...others, line("ours")], "all");
    expect(found).toEqual({ main: `${host}/ours`, notices: [] });
    const keyed = `deb [signed-by=/etc/apt/keyrings/d.gpg] ${host}/ours stable main`;
    expect((await mirrorsOf([keyed], "keyed")).main).toBe(`${host}/ours`);
  });

  onGpg("is none where none of them has, also where no other is named", async () => {
    for (const name of ["vendor", "other", "named", "edited", "around", "plain", "none"])
      expect(await mirrorsOf([line(name)], name)).toEqual({ notices: [] });
  });

  onGpg("is asked once, and not at all where apt itself takes Debian's keys alone", async () => {
    for (const _time of [1, 2]) await mirrorsOf([line("vendor"), line("ours")], "once");
    expect(asked.sort()).toEqual(["ours", "vendor"].map((at) => `/${at}/dists/bookworm/InRelease`));
    const keys = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
    const found = await mirrorsOf([`deb ${keys} ${host}/sure bookworm main`, line("x")], "sure");
    expect(found.main).toBe(`${host}/sure`);
    expect(asked).toHaveLength(2);
  });

  onGpg(
    "where nobody answers is what it was, or what its name says, with a word of it",
    async () => {
      const away = "http://127.0.0.1:1";
      const file = join(scratch.path, "away", "mirrors.json");
      const lines = ["a/debian", "b/debian"].map((at) => `deb ${away}/${at} bookworm main`);
      const guessed = await mirrorsOf(lines, "away");
      expect(guessed.main).toBe(`${away}/a/debian`);
      expect(guessed.notices[0]?.message).toContain("is taken for Debian's mirror by its name");
      await mirrorsOf([line("vendor")], "away");
      const old = { debian: true, at: 0 };
      const known = JSON.parse(await readFile(file, "utf8"));
      await writeFile(file, JSON.stringify({ ...known, [`${away}/b/debian bookworm`]: old }));
      expect(await mirrorsOf(lines, "away")).toEqual({ main: `${away}/b/debian`, notices: [] });
    },
  );
});
