import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createExec, programsFor, sha256 } from "@pibuild/core";
import { createRig, leavesLine, needs, type Rig, writeStandInPiGen } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";

const onUpstream = needs("root", ...programsFor("steps"), ...programsFor("upstream"));

describe("a build with pi-gen's own build.sh", () => {
  let rig: Rig;
  const checkout = (files: Record<string, string>) =>
    rig.write(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`../pi-gen/${path}`, text])),
    );
  const environment = () => ({ PIGEN_DIR: join(rig.path, "../pi-gen") });
  const build = (...args: string[]) =>
    rig.pibuild(["build", "t", "--runner", "upstream", ...args], environment());
  const deployed = () => readdir(join(rig.path, "dist/t/upstream")).catch(() => []);

  beforeAll(async () => {
    rig = await createRig();
    await writeStandInPiGen(rig);
    await rig.write({
      config: "exit 9\n",
      "apps/t/image.yaml":
        "stages: [pi-gen/stage0, stages/own]\nsettings:\n  TARGET_HOSTNAME: kitchen\n",
      "stages/own/prerun.sh": leavesLine("own $TARGET_HOSTNAME $STAGE_DIR $STAGE_LIST"),
      "stages/own/EXPORT_IMAGE": "",
      "stages/export/00-nothing/00-run.sh": "#!/bin/bash\n",
      "stages/partitions/.keep": "",
      "stages/slots/.keep": "",
    });
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  onUpstream("runs the stages where they are, and collects what it deploys", async () => {
    const run = await build("--json");
    expect(run.stderr).toMatch(/^run {5}stage0$/m);
    expect(run.stderr).toMatch(/^done {4}own\/prerun\.sh in /m);
    expect(run.exitCode).toBe(0);
    const image = "2026-01-01-t.img";
    const collected = ["t.img.xz", "t.img.xz.sha256"];
    expect((await deployed()).sort()).toEqual([image, `${image}.sha256`, ...collected]);
    const own = "/run/pibuild/base/stages/own";
    expect(await readFile(join(rig.path, "dist/t/upstream", image), "utf8")).toBe(
      `own kitchen ${own} /run/pibuild/pi-gen/stage0 ${own}\n`,
    );
    const told = JSON.parse(run.stdout);
    expect(told.artifacts).toHaveLength(4);
    expect(told.phases).toContainEqual({ phase: "own", durationMs: expect.any(Number) });
  });

  onUpstream("stops after a stage, and leaves earlier images alone", async () => {
    const before = await deployed();
    const run = await build("--target", "stage0");
    expect(run.exitCode).toBe(0);
    expect(run.stderr).not.toContain("own");
    expect(await deployed()).toEqual(before);
  });

  onUpstream("that deploys no image is an error, and leaves earlier images alone", async () => {
    const before = await deployed();
    await rm(join(rig.path, "stages/own/EXPORT_IMAGE"));
    const run = await build();
    expect(run.exitCode).toBe(7);
    expect(run.stderr).toContain("made no image: no stage has EXPORT_IMAGE");
    expect(await deployed()).toEqual(before);
    expect(await readdir(join(rig.path, "dist/t"))).toEqual(["upstream"]);
    await rig.write({ "stages/own/EXPORT_IMAGE": "" });
  });

  onUpstream("that fails says in which stage, and leaves earlier images alone", async () => {
    const before = await deployed();
    await checkout({ "stage0/prerun.sh": "#!/bin/bash -e\necho no such thing\nexit 7\n" });
    const run = await build("--json");
    expect(run.exitCode).toBe(6);
    expect(JSON.parse(run.stdout)).toMatchObject({
      image: "t",
      error: { code: "UPSTREAM_FAILED", exitCode: 6 },
    });
    expect(await readdir(join(rig.path, "dist/t"))).toEqual(["upstream"]);
    expect(run.stderr).toContain("pi-gen's build failed in `stage0/prerun.sh`");
    expect(run.stderr).toContain("  | no such thing");
    expect(run.stderr).toContain("build.sh.log");
    expect(await deployed()).toEqual(before);
    await checkout({ "stage0/prerun.sh": leavesLine("stage0") });
  });

  onUpstream("is refused for what build.sh does not know or cannot make", async () => {
    const yaml = "stages: [pi-gen/stage0, stages/own]\n";
    for (const [key, more] of [
      ["skip", "skip: [own]\n"],
      ["export", "export: stages/export\n"],
      ["network", "network: packages\n"],
      ["stage_network", "stage_network: { own: packages }\n"],
    ]) {
      await rig.write({ "apps/t/image.yaml": yaml + more });
      expect((await build()).stderr).toContain(`pi-gen's build.sh knows no \`${key}\``);
    }
    for (const disk of ["{ layout: ab6 }", "{ table: gpt, board: pi5 }", "{ root_size: 4GiB }"]) {
      await rig.write({ "apps/t/image.yaml": `${yaml}disk: ${disk}\n` });
      const run = await build();
      expect(run.exitCode, run.stderr).toBe(2);
      expect(run.stderr).toContain("pi-gen's build.sh cannot make the disk of `t`");
    }
    await rig.write({ "apps/t/image.yaml": yaml });
  });

  onUpstream("runs before its own export what the image runs after that", async () => {
    const before = "stages: [pi-gen/stage0, stages/own]\n";
    await rm(join(rig.path, "stages/own/EXPORT_IMAGE"));
    await rig.write({
      "apps/t/image.yaml": `${before}export: [stages/partitions, pi-gen/export-image, stages/last]\n`,
      "stages/last/prerun.sh": leavesLine("last of $STAGE_LIST"),
    });
    const refused = await build();
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("makes no image of a stage without `EXPORT_IMAGE`");
    await rig.write({ "stages/last/EXPORT_IMAGE": "" });
    const run = await build();
    expect(run.exitCode, run.stderr).toBe(0);
    const base = "/run/pibuild/base/stages";
    expect(await readFile(join(rig.path, "dist/t/upstream/2026-01-01-t.img"), "utf8")).toBe(
      `last of /run/pibuild/pi-gen/stage0 ${base}/own ${base}/last\n`,
    );
    expect((await build("--target", "last")).exitCode).toBe(0);
    await rig.write({ "apps/t/image.yaml": before, "stages/own/EXPORT_IMAGE": "" });
  });

  onUpstream("begins anew, on no remains of the last", async () => {
    await build("--target", "own");
    await build("--target", "own");
    const seen = await readFile(join(rig.store, "upstream/t/stage0/rootfs/seen"), "utf8");
    expect(seen).toBe("stage0\n");
    expect((await stat(join(rig.store, "upstream/t/build.log"))).isFile()).toBe(true);
  });

  onUpstream("shows stages the files that the image takes from outside", async () => {
    await rig.write({
      "apps/t/note": "from outside\n",
      "apps/t/image.yaml": `stages: [pi-gen/stage0, stages/own]\ninputs:\n  note: { path: note, sha256: ${sha256("from outside\n")} }\n`,
      "stages/own/prerun.sh": leavesLine('$(cat "$INPUT_NOTE")'),
    });
    expect((await build("--target", "own")).exitCode).toBe(0);
    const seen = await readFile(join(rig.store, "upstream/t/own/rootfs/seen"), "utf8");
    expect(seen).toBe("from outside\n");
  });

  onUpstream("puts its image into OUTPUT_DIR, as the layered runner does", async () => {
    const output = join(rig.path, "../handed out");
    const args = ["build", "t", "--runner", "upstream"];
    const run = await rig.pibuild(args, { ...environment(), OUTPUT_DIR: output });
    expect(run.exitCode, run.stderr).toBe(0);
    expect((await readdir(output)).sort()).toEqual(["t.img.xz", "t.img.xz.sha256"]);
  });

  onUpstream("that is stopped takes all that it started along, and can be run again", async () => {
    const before = await deployed();
    // In another namespace it has another number, so it is known by what it was started with.
    const word = `1000.${process.pid}`;
    await rig.write({
      "stages/own/prerun.sh": `#!/bin/bash\nexec sleep ${word}\n`,
    });
    const started = rig.start(["build", "t", "--runner", "upstream"], environment());
    let ended = false;
    const done = started.done.finally(() => {
      ended = true;
    });
    const runs = async () => (await commandLines()).includes(`sleep\0${word}\0`);
    while (!ended && !(await runs())) await setTimeout(50);
    expect(ended).toBe(false);
    await started.kill("SIGTERM");
    const stopped = await done;
    expect(stopped.exitCode).toBe(143);
    expect(stopped.stderr).toContain("starts from the beginning, because pi-gen's build.sh does");
    expect(await runs()).toBe(false);
    expect(await deployed()).toEqual(before);
    await rig.write({ "stages/own/prerun.sh": leavesLine("own") });
    expect((await build()).exitCode).toBe(0);
  });

  onUpstream(
    "writes the commit of pi-gen, whatever the workspace is, as its export does layered",
    async () => {
      const directory = join(rig.path, "../pi-gen");
      const git = async (...args: readonly string[]) => {
        const who = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
        return (
          await createExec().run({ program: "git", args: ["-C", directory, ...who, ...args] })
        ).stdout;
      };
      await git("init", "--quiet");
      await git("add", "--all");
      await git("commit", "--quiet", "--message", "one");
      await rig.write({ "stages/own/prerun.sh": leavesLine("own $GIT_HASH") });
      expect((await build()).exitCode).toBe(0);
      const image = join(rig.path, "dist/t/upstream/2026-01-01-t.img");
      expect(await readFile(image, "utf8")).toBe(`own ${await git("rev-parse", "HEAD")}\n`);
    },
  );

  onUpstream(
    "is refused where a stage's path would be split, or a program is missing",
    async () => {
      await rig.write({
        "apps/t/image.yaml": "stages: [pi-gen/stage0, my stages/own]\n",
        "my stages/own/prerun.sh": leavesLine("own"),
      });
      const split = await build();
      expect(split.exitCode).toBe(3);
      expect(split.stderr).toContain("build.sh splits its list of stages at spaces");
      expect(split.stderr).toContain("apps/t/image.yaml:1");
      await rig.write({ "apps/t/image.yaml": "stages: [pi-gen/stage0]\n" });
      await checkout({ depends: "bash\nno-such-program:some-package\n" });
      const missing = await build();
      expect(missing.exitCode).toBe(4);
      expect(missing.stderr).toContain("missing programs: `no-such-program`");
      expect(missing.stderr).toContain("apt-get install some-package");
    },
  );

  onUpstream("knows its own targets", async () => {
    const run = await build("--target", "disk");
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain("has no target `disk`\n\nhint: its targets are stage0");
  });
});

/** Of every process on the machine. */
async function commandLines(): Promise<string[]> {
  const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = (number: string) => readFile(join("/proc", number, "cmdline"), "utf8");
  return Promise.all(numbers.map((number) => read(number).catch(() => "")));
}
