import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { type Mirror, serveMirror } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type Contract, createContract, onSteps } from "./contract-stages.ts";
import { locked } from "./locked-step.ts";
import { address, createSignedArchive, type SignedArchive } from "./signed-archive.ts";

describe("the update of a lock", () => {
  let archive: SignedArchive;
  let mirror: Mirror;
  let contract: Contract;
  beforeAll(async () => {
    archive = await createSignedArchive("one", "two");
    mirror = await serveMirror(archive.path);
    contract = await createContract(
      { r: { "00-fetch/00-run.sh": locked(archive.source, "one", "two") } },
      `mirrors:\n  debian: { candidates: [${mirror.url}], keyring: ${archive.keyring} }`,
    );
  });
  afterAll(async () => {
    await contract[Symbol.asyncDispose]();
    await mirror[Symbol.asyncDispose]();
    await archive[Symbol.asyncDispose]();
  });

  onSteps("builds one package newer and the others as they were, and tells git's", async () => {
    const { rig } = contract;
    const env = { APT_MIRROR: address, APT_SECURITY_MIRROR: address };
    const pibuild = async (...args: string[]) => {
      const run = await rig.pibuild(args, env);
      expect(run, run.stderr + run.stdout).toMatchObject({ exitCode: 0 });
      return run.stdout;
    };
    const build = async () => {
      const run = await contract.build("export", env);
      expect(run, run.stderr).toMatchObject({ exitCode: 0 });
      return run;
    };
    const versions = async () => {
      const tree = await contract.layer("r/00-fetch");
      const status = await readFile(join(tree, "rootfs/var/lib/dpkg/status"), "utf8");
      return [...status.matchAll(/^Version: (.*)$/gm)].map(([, version]) => version);
    };
    const git = (...args: string[]) =>
      createExec().run({
        program: "git",
        args: ["-C", rig.path, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args],
      });
    const commitLock = async (message: string) => {
      await git("add", "apps/t/pibuild.lock");
      await git("commit", "--quiet", "--message", message);
    };

    await build();
    await pibuild("lock", "t");
    await git("init", "--quiet");
    await commitLock("first");
    await archive.release([
      { name: "one", version: "2.0" },
      { name: "two", version: "2.0" },
    ]);

    expect(await pibuild("lock", "diff", "t", "--update")).toMatch(
      /^changed {2}package {2}one:all {2}1\.0 \(.*\) {2}-> {2}2\.0 .*\nchanged {2}package {2}two:all /,
    );
    const update = await pibuild("lock", "t", "--update", "one");
    expect(update).toMatch(/^changed {2}package {2}one:all .*\nadded {4}release {2}debian\+1 /);
    expect(update).not.toContain("two:all");
    await commitLock("second");
    expect(await pibuild("lock", "diff", "t", "--from", "HEAD~1")).toBe(update);
    expect(await pibuild("lock", "diff", "t", "--from", "HEAD~1", "--to", "HEAD")).toBe(update);
    const none = await rig.pibuild(["lock", "diff", "t", "--from", "none"], env);
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("of `none`") });

    expect((await build()).executed).toContain("r/00-fetch");
    expect(await versions()).toEqual(["2.0", "1.0"]);
    const tree = await contract.layer("r/00-fetch");
    const files = await readdir(join(tree, "rootfs"), { recursive: true });
    expect(files.filter((name) => name.includes("pibuild-later"))).toEqual([]);
    expect(await pibuild("lock", "check", "t")).toBe("");
    const lock = await readFile(join(rig.path, "apps/t/pibuild.lock"), "utf8");
    await pibuild("lock", "t");
    expect(await readFile(join(rig.path, "apps/t/pibuild.lock"), "utf8")).toBe(lock);

    // Another package of the same release: its index says the same, and what apt prefers does not.
    await pibuild("lock", "t", "--update", "two");
    await build();
    expect(await versions()).toEqual(["2.0", "2.0"]);
    const to = join(archive.scratch, "exported");
    await pibuild("lock", "export", "t", to);

    await pibuild("lock", "t", "--update");
    const all = await readFile(join(rig.path, "apps/t/pibuild.lock"), "utf8");
    expect(all).not.toContain("debian+");
    await build();
    expect(await pibuild("lock", "check", "t")).toBe("");
  });
});
