import { lstat, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePattern, normalise, normaliseRules, ruleFor } from "../src/index.ts";
import { createLayerRig, sourceDateEpoch } from "./rig.ts";

const exec = createExec();

/** A path that each rule is about. */
const examples: Record<string, string> = {
  "/var/log/journal/**": "/var/log/journal/0123456789abcdef/system.journal",
  "/var/log/**": "/var/log/apt/a log\nwith line end.log",
  "/var/cache/apt/*.bin": "/var/cache/apt/pkgcache.bin",
  "/var/cache/apt/archives/**": "/var/cache/apt/archives/partial/x_1%3a2_arm64.deb",
  "/var/cache/ldconfig/aux-cache": "/var/cache/ldconfig/aux-cache",
  "/var/cache/man/**": "/var/cache/man/de/index.db",
  "/var/cache/debconf/*-old": "/var/cache/debconf/config.dat-old",
  "/var/lib/dpkg/*-old": "/var/lib/dpkg/status-old",
  "/var/lib/dbus/machine-id": "/var/lib/dbus/machine-id",
  "/etc/machine-id": "/etc/machine-id",
  "/etc/passwd-": "/etc/passwd-",
  "/etc/group-": "/etc/group-",
  "/etc/shadow-": "/etc/shadow-",
  "/etc/gshadow-": "/etc/gshadow-",
  "/etc/subuid-": "/etc/subuid-",
  "/etc/subgid-": "/etc/subgid-",
  "/etc/ssh/ssh_host_*_key": "/etc/ssh/ssh_host_ed25519_key",
  "/etc/ssh/ssh_host_*_key.pub": "/etc/ssh/ssh_host_ed25519_key.pub",
  "/var/lib/systemd/random-seed": "/var/lib/systemd/random-seed",
  "/root/.bash_history": "/root/.bash_history",
  "/root/.wget-hsts": "/root/.wget-hsts",
};

/** Paths that look alike and are no rule's. */
const others = [
  ...["/var/log", "/var/cache/apt/archives", "/var/cache/apt/pkgcache.bin.d", "/etc/passwd"],
  ...["/var/cache/apt/deep/x.bin", "/var/lib/dpkg/info/x-old", "/etc/ssh/ssh_config", "/etc/hosts"],
  ...["/opt/var/log/x", "/etc/machine-id-", "/var/lib/dpkg/status", "/root/.bashrc", "/var/logs/x"],
  ...["/etc/ssh/ssh_host_ed25519_key.bak", "/etc/ssh/a/ssh_host_x_key", "/rootx/.bash_history"],
];

const asRoot = needs("root", "getfattr", "setfattr", "bash");

/** Normalises a tree that a script makes, and gives its path. */
async function normalised(script: string, look: (root: string) => Promise<void>): Promise<void> {
  await using rig = await createLayerRig();
  const rootfs = join(rig.path, "changes", "rootfs");
  const work = join(rig.path, "changes", "work");
  await mkdir(rootfs, { recursive: true });
  await mkdir(work);
  await rig.run(script, rootfs);
  await normalise(exec, { rootfs, work }, sourceDateEpoch);
  await look(rootfs);
}

const make = (path: string) =>
  `mkdir -p ".$(dirname '${path}')"; echo secret > '.${path}'; chown 101:4 '.${path}'; chmod 640 '.${path}'`;

describe("rules", () => {
  test("every one has an example and a reason", () => {
    expect(Object.keys(examples)).toEqual(normaliseRules.map(({ pattern }) => pattern));
    expect(normaliseRules.filter(({ why }) => why === "")).toEqual([]);
  });

  test.each(Object.entries(examples))("%s speaks of %j", (pattern, path) => {
    expect(ruleFor(path)?.pattern).toBe(pattern);
  });

  test.each(others)("none speaks of %s", (path) => {
    expect(ruleFor(path)).toBeUndefined();
  });

  for (const { pattern, action } of normaliseRules) {
    asRoot(`${pattern}: ${action}`, async () => {
      const path = examples[pattern] ?? "";
      await normalised(`${make(path)}; echo stays > beside`, async (root) => {
        expect((await readdir(root)).sort()).toContain("beside");
        const stats = await lstat(join(root, path)).catch(() => undefined);
        if (action === "remove") {
          expect(stats).toBeUndefined();
          expect((await lstat(dirname(join(root, path)))).isDirectory()).toBe(true);
        } else {
          expect(stats).toMatchObject({ size: 0, uid: 101, gid: 4, mode: 0o100640 });
          expect(stats?.mtimeMs).toBe(sourceDateEpoch * 1000);
        }
      });
    });

    asRoot(`${pattern}: a deletion stays`, async () => {
      const path = examples[pattern] ?? "";
      const whiteout = `mkdir -p ".$(dirname '${path}')"; mknod '.${path}' c 0 0`;
      await normalised(whiteout, async (root) => {
        const stats = await lstat(join(root, path));
        expect([stats.isCharacterDevice(), stats.rdev]).toEqual([true, 0]);
      });
    });
  }

  asRoot("a symlink is removed, not followed, and never emptied", async () => {
    const script = `mkdir -p etc root var/log; echo text > target
      ln -s ../target etc/passwd-; ln -s /target root/.wget-hsts; ln -s ../../target var/log/link`;
    await normalised(script, async (root) => {
      expect(await readdir(join(root, "etc"))).toEqual([]);
      expect(await readdir(join(root, "root"))).toEqual([]);
      expect((await lstat(join(root, "var/log/link"))).isSymbolicLink()).toBe(true);
      expect((await lstat(join(root, "target"))).size).toBe(5);
    });
  });

  asRoot("a machine-id that asks for a first boot stays, and any other is emptied", async () => {
    for (const [text, size] of [
      ["uninitialized", 14],
      ["0123456789abcdef0123456789abcdef", 0],
    ] as const) {
      await normalised(`mkdir etc; echo ${text} >etc/machine-id`, async (root) => {
        expect((await lstat(join(root, "etc/machine-id"))).size).toBe(size);
      });
    }
  });

  asRoot("work is not the image: no rule touches it", async () => {
    await using rig = await createLayerRig();
    const [rootfs, work] = [join(rig.path, "rootfs"), join(rig.path, "work")];
    await mkdir(rootfs);
    await mkdir(join(work, "etc"), { recursive: true });
    await writeFile(join(work, "etc", "machine-id"), "mine");
    await normalise(exec, { rootfs, work }, sourceDateEpoch);
    const { size, mtimeMs } = await lstat(join(work, "etc", "machine-id"));
    expect([size, mtimeMs]).toEqual([4, sourceDateEpoch * 1000]);
    await removeTree(rig.path);
  });
});

describe("a pattern", () => {
  /** The same, said the slow way. */
  function matches(pattern: string, path: string): boolean {
    if (pattern === "") return path === "";
    const double = pattern.startsWith("**");
    if (!pattern.startsWith("*")) {
      return path[0] === pattern[0] && path !== "" && matches(pattern.slice(1), path.slice(1));
    }
    const rest = pattern.slice(double ? 2 : 1);
    for (let length = 0; length <= path.length; length++) {
      if (!double && path.slice(0, length).includes("/")) return false;
      if (matches(rest, path.slice(length))) return true;
    }
    return false;
  }
  const path = fc.string({ unit: fc.constantFrom("a", "b", "/", ".", "\n"), maxLength: 10 });
  const pattern = fc
    .array(fc.constantFrom("a", "b", "/", ".", "*", "**"), { maxLength: 8 })
    // Three stars in a row mean nothing.
    .map((parts) => parts.join("").replaceAll(/\*{3,}/g, "**"));

  test("`*` stays within one name, `**` goes on", () => {
    fc.assert(
      fc.property(pattern, path, (rule, text) => {
        expect(compilePattern(rule).test(text)).toBe(matches(rule, text));
      }),
      { numRuns: 5000 },
    );
  });

  test("without stars speaks of itself alone, whatever characters it has", () => {
    const text = fc.string({ unit: "binary" }).filter((value) => !value.includes("*"));
    fc.assert(
      fc.property(text, text, (rule, other) => {
        expect(compilePattern(rule).test(rule)).toBe(true);
        expect(compilePattern(rule).test(other)).toBe(rule === other);
      }),
    );
  });

  test("matches what its stars may stand for", () => {
    const name = fc
      .string({ unit: "binary", maxLength: 6 })
      .map((text) => text.replaceAll("/", ""));
    const names = fc.array(name, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(name, names, (text, deep) => {
        expect(compilePattern("/a/*.b").test(`/a/${text}.b`)).toBe(true);
        expect(compilePattern("/a/*.b").test(`/a/${text}/c.b`)).toBe(false);
        expect(compilePattern("/a/**").test(`/a/${deep.join("/")}`)).toBe(true);
        expect(compilePattern("/a/**").test(`/b/${deep.join("/")}`)).toBe(false);
      }),
    );
  });
});
