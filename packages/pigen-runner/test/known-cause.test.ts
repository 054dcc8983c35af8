import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { openScratch } from "@pibuild/layers";
import { needs } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { findKnownCause } from "../src/run/known-cause.ts";

const pool = "http://mirror.example.org/debian/pool/main/h/hello/hello_2.10-3_arm64.deb";

/** Output as apt and dpkg of Debian 12 print it, and what a person should read. */
const mirrorCases: { name: string; tail: string[]; url: string; detail: string }[] = [
  {
    name: "a package that the mirror no longer has",
    tail: [
      "Get:1 http://mirror.example.org/debian bookworm/main arm64 libfoo arm64 1.0 [500 kB]",
      "Err:2 http://mirror.example.org/debian bookworm/main arm64 hello arm64 2.10-3",
      "  404  Not Found [IP: 151.101.2.132 80]",
      "Fetched 500 kB in 1s (500 kB/s)",
      `E: Failed to fetch ${pool}  404  Not Found [IP: 151.101.2.132 80]`,
      "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?",
    ],
    url: pool,
    detail: "404 Not Found",
  },
  {
    name: "a mirror in trouble",
    tail: [`E: Failed to fetch ${pool}  503  Service Unavailable [IP: 10.0.0.1 80]`],
    url: pool,
    detail: "503 Service Unavailable",
  },
  {
    name: "a name that does not exist",
    tail: [
      "Err:1 http://mirror.invalid/debian bookworm InRelease",
      "  Could not resolve 'mirror.invalid'",
      "W: Failed to fetch http://mirror.invalid/debian/dists/bookworm/InRelease  Could not resolve 'mirror.invalid'",
    ],
    url: "http://mirror.invalid/debian",
    detail: "no connection",
  },
  {
    name: "a mirror that takes an update, beside an archive that is out of reach",
    tail: [
      "Err:1 http://archive.raspberrypi.com/debian bookworm InRelease",
      "  Could not resolve 'archive.raspberrypi.com'",
      "E: Failed to fetch http://mirror.example.org/debian/dists/x/Packages.xz  File has unexpected size (334084 != 354640). Mirror sync in progress? [IP: 203.0.113.80 80]",
    ],
    url: "http://mirror.example.org/debian/dists/x/Packages.xz",
    detail:
      "a file is not what the index says; the mirror may be taking an update: try again later",
  },
  {
    name: "no name service at all",
    tail: [
      "Err:1 http://mirror.example.org/debian bookworm InRelease",
      "  Temporary failure resolving 'mirror.example.org'",
    ],
    url: "http://mirror.example.org/debian",
    detail: "no connection",
  },
  {
    name: "a mirror that refuses connections",
    tail: [
      "  Could not connect to localhost:3142 (127.0.0.1). - connect (111: Connection refused)",
    ],
    url: "localhost:3142",
    detail: "no connection",
  },
  {
    name: "a package that changed on its way",
    tail: [`E: Failed to fetch ${pool}  Hash Sum mismatch`],
    url: pool,
    detail:
      "a file is not what the index says; the mirror may be taking an update: try again later",
  },
];

describe("the cause behind a failed step", () => {
  test.for(mirrorCases)("$name", async ({ tail, url, detail }) => {
    expect(await findKnownCause(tail, openScratch(tmpdir()))).toMatchObject({
      code: "MIRROR_UNREACHABLE",
      data: { url, detail },
    });
  });

  test.for([
    [
      "http://me@mirror.example.org:3142/debian",
      "http://mirror.example.org/x.deb",
      "DEBIAN_MIRROR",
    ],
    ["http://mirror.example.org/debian", "http://archive.example/debian/x.deb", "APT_PROXY"],
    ["", "http://archive.example/debian/x.deb", "DEBIAN_MIRROR"],
  ] as const)("DEBIAN_MIRROR is advised only for Debian's: %j", async ([mirror, url, advice]) => {
    const tail = [`E: Failed to fetch ${url}  404  Not Found [IP: 192.0.2.1 80]`];
    const found = await findKnownCause(tail, openScratch(tmpdir()), { debian: [mirror] });
    expect(found?.hint).toMatch(new RegExp(`^check the network, or name .* ${advice}\\b`));
  });

  test.for([
    "E: You don't have enough free space in /var/cache/apt/archives/.",
    " cannot copy extracted data for './usr/bin/x' to '/usr/bin/x.dpkg-new': failed to write (No space left on device)",
    "tar: usr/share: Cannot write: No space left on device",
  ])("a full disk: %s", async (line) => {
    const found = await findKnownCause(["some output", line, "more output"], openScratch(tmpdir()));
    expect(found).toMatchObject({ code: "ENV_DISK_FULL", data: { path: tmpdir() } });
  });

  test.for([
    "Get:7 http://mirror.example.org/debian bookworm/main arm64 big arm64 1.0 [404 MB]",
    "W: 404 files were left alone",
    "./00-run.sh: line 3: nonsense: command not found",
  ])("nothing is guessed from: %s", async (line) => {
    expect(await findKnownCause([line], openScratch(tmpdir()))).toBeUndefined();
  });
});

test.for([
  [
    "a loop device without partitions",
    "mkdosfs: unable to open /dev/loop9p1: No such file",
    "`/dev/loop9p1` does not appear",
  ],
  ["a kernel without FAT", "mount: /x: unknown filesystem type 'vfat'.", "mounts no vfat"],
  [
    "a package that no archive has",
    "E: Unable to locate package linux-image-rpi-v8",
    "has a package `linux-image-rpi-v8`",
  ],
  [
    "one that another replaced",
    "E: Package 'raspi-firmware' has no installation candidate",
    "has a package `raspi-firmware`",
  ],
] as const)("%s is told", async ([, line, words]) => {
  expect(
    (await findKnownCause(["something before", line, "something after"], openScratch(tmpdir())))
      ?.message,
  ).toContain(words);
});

test.for([
  ["curl: (6) Could not resolve host: get.example", "get.example"],
  [
    "curl: (7) Failed to connect to get.example port 443 after 1 ms: Couldn't connect to server",
    "get.example",
  ],
  [
    "curl: (7) Failed to connect to get.example port 443 after 1 ms: Could not connect to server",
    "get.example",
  ],
  [
    "fatal: unable to access 'https://code.example/x.git/': Could not resolve host: code.example",
    "code.example",
  ],
  [
    "ssh: Could not resolve hostname code.example: Temporary failure in name resolution",
    "code.example",
  ],
  ["wget: unable to resolve host address ‘get.example’", "get.example"],
  [
    "Connecting to get.example (get.example)|192.0.2.1|:443... failed: Connection refused.",
    "get.example",
  ],
  ["npm error syscall getaddrinfo EAI_AGAIN registry.example", "registry.example"],
  [
    "WARNING: Retrying after connection broken by 'NewConnectionError: HTTPSConnectionPool(host='pypi.example', port=443): Failed to establish a new connection: [Errno -3]'",
    "pypi.example",
  ],
] as const)("a server that a script does not reach is no mirror: %s", async ([line, host]) => {
  expect(await findKnownCause(["before", line, "after"], openScratch(tmpdir()))).toMatchObject({
    code: "SERVER_UNREACHABLE",
    data: { host },
  });
});

test("a server that a script went on without is not what it failed for", async () => {
  const later = Array.from({ length: 10 }, (_, index) => `line ${index}`);
  const tail = ["curl: (6) Could not resolve host: get.example", ...later];
  expect(await findKnownCause(tail, openScratch(tmpdir()))).toBeUndefined();
});

describe("file capabilities that may not be set", () => {
  const setting = "`SETFCAP: 1` below `settings:`";

  needs("root", "capsh")("are told by what setcap itself prints", async () => {
    await using scratch = await mkdtempDisposable(join(tmpdir(), "pibuild-setcap-"));
    const script = 'cp "$(type -P true)" x; setcap cap_net_raw+ep x';
    const failed = await createExec()
      .run({
        program: "capsh",
        args: ["--drop=cap_setfcap", "--", "-ec", script],
        cwd: scratch.path,
      })
      .catch((error) => error);
    const cause = (setsCapabilities: boolean) =>
      findKnownCause(failed.data.tail, openScratch(tmpdir()), { setsCapabilities });
    expect((await cause(false))?.hint).toContain(setting);
    expect(await cause(true)).toBeUndefined();
  });

  test.for([
    "Failed to set capabilities on file '/usr/bin/ping': Operation not permitted",
    "setfattr: /x: security.capability: Operation not permitted",
    "tar: x: Warning: Cannot fsetxattr security.capability: Operation not permitted",
  ])("and by others: %s", async (line) => {
    const cause = await findKnownCause(["a", line, "b"], openScratch(tmpdir()));
    expect(cause?.hint).toContain(setting);
  });
});

describe("devices of the machine that a step does not find", () => {
  test.for([
    ["losetup: cannot find an unused loop device: No such device", "loop devices"],
    [
      "losetup: /dev/loop0: failed to set up loop device: No such file or directory",
      "`/dev/loop0`",
    ],
    ["Could not access KVM kernel module: /dev/kvm: No such file or directory", "`/dev/kvm`"],
  ] as const)("are told: %s", async ([line, device]) => {
    const cause = (ownDevices: boolean) =>
      findKnownCause(["a", line, "b"], openScratch(tmpdir()), { ownDevices });
    expect((await cause(true))?.message).toContain(`such as ${device}`);
    expect((await cause(true))?.hint).toContain("`host_devices: true`");
    // With them, or under build.sh, that is not the reason.
    expect(await cause(false)).toBeUndefined();
  });
});

describe("a step that reaches only packages", () => {
  const find = (line: string, packagesOnly = true) =>
    findKnownCause([line], { free: async () => ({ path: "/", freeBytes: 1 }) }, { packagesOnly });

  test.for([
    "curl: (6) Could not resolve host: get.example",
    "curl: (7) Failed to connect to 127.0.0.1 port 8000 after 0 ms: Couldn't connect to server",
    "wget: unable to resolve host address 'get.example'",
    "fatal: unable to access 'https://code.example/x.git/': Could not resolve host: code.example",
    "  Temporary failure resolving 'archive.example'",
    "npm error syscall getaddrinfo EAI_AGAIN registry.example",
  ])("has no network for: %s", async (line) => {
    const cause = await find(line);
    expect(cause).toMatchObject({ code: "ENV_UNSUPPORTED" });
    expect(cause?.data).toMatchObject({ hint: expect.stringContaining("`network: any`") });
    expect((await find(line, false))?.code).not.toBe("ENV_UNSUPPORTED");
  });

  test.each([
    ["a bus that a chroot has not", ["Failed to connect to bus: No such file or directory"]],
    [
      "what the script went on without",
      ["curl: (7) Failed to connect to get.example port 80", ...Array(9).fill("made x")],
    ],
  ])("is not told of its network for %s", async (_what, lines) => {
    const free = async () => ({ path: "/", freeBytes: 1 });
    expect(await findKnownCause(lines, { free }, { packagesOnly: true })).toBeUndefined();
  });

  test("reached the proxy where that answered with an error", async () => {
    const line = `E: Failed to fetch ${pool}  503  every mirror of debian failed: Connection refused [IP: 127.0.0.1 80]`;
    expect(await find(line)).toMatchObject({ code: "MIRROR_UNREACHABLE" });
  });

  test("is told where the kernel gives none", async () => {
    const line = "own-network.pl: loopback cannot be brought up: Operation not permitted";
    expect((await find(line))?.data).toMatchObject({ hint: expect.stringContaining("NET_ADMIN") });
  });
});
