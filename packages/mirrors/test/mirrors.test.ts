import { mkdir, mkdtemp, mkdtempDisposable, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { AptSource } from "../src/apt-source.ts";
import { debianMirrors } from "../src/debian-mirrors.ts";
import { hostMirrors, hostSources } from "../src/host-mirrors.ts";

/** The sources in these files of an apt directory. */
async function sourcesOf(files: Record<string, string>): Promise<AptSource[]> {
  const aptDirectory = await mkdtemp(join(tmpdir(), "pibuild apt-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(aptDirectory, name)), { recursive: true });
      await writeFile(
        join(aptDirectory, name),
        text.replace("APT/", `${encodeURI(aptDirectory)}/`),
      );
    }
    return (await hostMirrors({ aptDirectory })).map((source) => ({
      ...source,
      file: source.file.slice(aptDirectory.length + 1),
    }));
  } finally {
    await rm(aptDirectory, { recursive: true });
  }
}

async function mirrorsOf(list: string, release = "bookworm") {
  const sources = await sourcesOf({ "sources.list": list });
  const { notices: _notices, ...mirrors } = await debianMirrors(
    { release, arch: "arm64" },
    sources,
  );
  return mirrors;
}

test("one-line format", async () => {
  const text = [
    "# deb http://commented.example.org/debian bookworm main",
    "deb-src http://source.example.org/debian bookworm main",
    "deb [ arch=amd64,arm64 signed-by=/k/a.gpg,/k/b.gpg ] http://a.example.org/debian/ bookworm main contrib # why",
    "\tdeb http://b.example.org/flat ./",
    "deb cdrom:[Debian 12 _Bookworm_ - Official]/ bookworm main",
    "deb",
    "nonsense",
  ].join("\n");
  expect(await sourcesOf({ "sources.list": text })).toEqual([
    {
      uri: "http://a.example.org/debian",
      suite: "bookworm",
      components: ["main", "contrib"],
      signedBy: ["/k/a.gpg", "/k/b.gpg"],
      architectures: ["amd64", "arm64"],
      file: "sources.list",
    },
    {
      uri: "http://b.example.org/flat",
      suite: "./",
      components: [],
      signedBy: [],
      file: "sources.list",
    },
  ]);
});

test("deb822 format", async () => {
  const text = [
    "# the mirrors",
    "types: deb deb-src",
    "URIs: http://a.example.org/debian/",
    "#Old: http://old.example.org/debian",
    "  https://b.example.org/debian",
    "Suites: trixie trixie-updates",
    "Components: main",
    "Signed-By:",
    " -----BEGIN PGP PUBLIC KEY BLOCK-----",
    " .",
    " mDMEY865UxYJKwYBBAHaRw8BAQdAd7Z0srwuhlB6JKFkcf4HU4SSS",
    " -----END PGP PUBLIC KEY BLOCK-----",
    "  ",
    "Types: deb",
    "URIs: http://off.example.org/debian",
    "Suites: trixie",
    "Components: main",
    "Enabled: no",
    "",
    "Types: deb-src",
    "URIs: http://source.example.org/debian",
    "Suites: trixie",
    "Components: main",
  ].join("\n");
  const shared = { components: ["main"], signedBy: [], file: "sources.list.d/debian.sources" };
  expect(await sourcesOf({ "sources.list.d/debian.sources": text })).toEqual([
    { uri: "http://a.example.org/debian", suite: "trixie", ...shared },
    { uri: "http://a.example.org/debian", suite: "trixie-updates", ...shared },
    { uri: "https://b.example.org/debian", suite: "trixie", ...shared },
    { uri: "https://b.example.org/debian", suite: "trixie-updates", ...shared },
  ]);
});

test("apt's order of files, and the files that apt skips", async () => {
  const line = (host: string) => `deb http://${host}.example.org/debian bookworm main\n`;
  const sources = await sourcesOf({
    "sources.list.d/b.list": line("b"),
    "sources.list.d/a.list": line("a"),
    "sources.list": line("first"),
    "sources.list.d/c.list.save": line("saved"),
    "sources.list.d/d e.list": line("space"),
    "sources.list.d/f.list/x": line("directory"),
  });
  expect(sources.map(({ uri }) => uri)).toEqual([
    "http://first.example.org/debian",
    "http://a.example.org/debian",
    "http://b.example.org/debian",
  ]);
});

test("a host without apt has no sources, and no mirrors", async () => {
  expect(await hostMirrors({ aptDirectory: "/nowhere" })).toEqual([]);
  expect(await mirrorsOf("")).toEqual({});
});

test.each([
  [
    "a plain Debian",
    "deb http://m.example.org/debian bookworm main\ndeb http://s.example.org/debian-security bookworm-security main",
    { main: "http://m.example.org/debian", security: "http://s.example.org/debian-security" },
  ],
  [
    "another release of Debian",
    "deb http://m.example.org/debian trixie main",
    { main: "http://m.example.org/debian" },
  ],
  [
    "our release before another one",
    "deb http://new.example.org/debian trixie main\ndeb http://ours.example.org/debian bookworm main",
    { main: "http://ours.example.org/debian" },
  ],
  [
    "a mirror with a path of its own",
    "deb https://cache.example.org/repository/deb-proxy bookworm main",
    { main: "https://cache.example.org/repository/deb-proxy" },
  ],
  [
    "the old layout of the security archive",
    "deb http://s.example.org/debian-security buster/updates main",
    { security: "http://s.example.org/debian-security" },
  ],
  [
    "Ubuntu",
    "deb http://u.example.org/ubuntu noble main\ndeb http://u.example.org/ubuntu noble-security main",
    {},
  ],
  ["a vendor's `stable main`", "deb https://dl.example.org/browser/deb stable main", {}],
  ["a vendor without `main`", "deb https://v.example.org/linux/debian bookworm stable", {}],
  [
    "a vendor with a key of its own",
    "deb [signed-by=/usr/share/keyrings/vendor.gpg] https://v.example.org/debian bookworm main",
    {},
  ],
  [
    "a vendor without a key before Debian",
    "deb http://pi.example.org/debian bookworm main\ndeb http://m.example.org/debian bookworm main\ndeb http://m.example.org/debian bookworm-updates main",
    { main: "http://m.example.org/debian" },
  ],
  [
    "Debian's keyring decides",
    "deb http://a.example.org/debian bookworm main\ndeb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://b.example.org/x trixie main",
    { main: "http://b.example.org/x" },
  ],
  ["ports", "deb http://p.example.org/debian-ports sid main", {}],
  ["only backports", "deb http://m.example.org/debian bookworm-backports main", {}],
  [
    "transports other than http",
    "deb mirror+file:/etc/apt/mirrors/debian.list bookworm main\ndeb file:/srv/debian bookworm main\ndeb ftp://f.example.org/debian bookworm main",
    {},
  ],
])("%s", async (_name, list, mirrors) => {
  expect(await mirrorsOf(list)).toEqual(mirrors);
});

test.each([
  [
    "a vendor's archive beside a list of mirrors",
    {
      "sources.list.d/php.list": "deb https://vendor.example.org/php/ bookworm main\n",
      "sources.list.d/debian.sources":
        "Types: deb\nURIs: mirror+file://APT/mirrors/debian.list\nSuites: bookworm bookworm-updates\nComponents: main\n",
      "mirrors/debian.list":
        "# ours\nhttps://second.example.org/debian\tpriority:2\nhttps://first.example.org/debian/ priority:1 arch:arm64\n",
    },
    "https://first.example.org/debian",
  ],
  [
    "a line for each architecture",
    {
      "sources.list":
        "deb [arch=amd64] http://pc.example.org/debian bookworm main\ndeb [arch=arm64,armhf] http://pi.example.org/debian bookworm main\n",
    },
    "http://pi.example.org/debian",
  ],
  [
    "a stanza for another architecture",
    {
      "sources.list.d/a.sources":
        "Types: deb\nURIs: http://pc.example.org/debian\nSuites: bookworm\nComponents: main\nArchitectures: amd64\n",
      "sources.list.d/b.sources":
        "Types: deb\nURIs: http://pi.example.org/debian\nSuites: bookworm\nComponents: main\nArchitectures-Add: armhf\nTrusted: no\nX-Repolib-Name: x\n",
    },
    "http://pi.example.org/debian",
  ],
  [
    "every option that sources.list(5) has",
    {
      "sources.list":
        "deb [lang=en target+=x target-=y pdiffs=no by-hash=force allow-insecure=no allow-weak=no allow-downgrade-to-insecure=no trusted=no check-valid-until=no valid-until-min=1 valid-until-max=2 check-date=no date-max-future=1 inrelease-path=x snapshot=enable arch-=i386] http://m.example.org/debian bookworm main\n",
    },
    "http://m.example.org/debian",
  ],
])("what the files say is followed: %s", async (_name, files, main) => {
  expect(
    await debianMirrors({ release: "bookworm", arch: "arm64" }, await sourcesOf(files)),
  ).toMatchObject({
    main,
  });
});

test("a source with an option that nobody knows is passed over, and said to be", async () => {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild apt-"));
  await writeFile(
    join(scratch.path, "sources.list"),
    "deb [arch=arm64 mood=good] http://a.example.org/debian bookworm main\ndeb http://b.example.org/debian bookworm main\n",
  );
  const { sources, passedOver } = await hostSources({ aptDirectory: scratch.path });
  expect(sources.map(({ uri }) => uri)).toEqual(["http://b.example.org/debian"]);
  expect(passedOver).toEqual([{ file: join(scratch.path, "sources.list"), unknown: "mood" }]);
});
