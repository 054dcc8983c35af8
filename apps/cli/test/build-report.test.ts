import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createNxRig, makesBootFiles, needs, type Rig } from "@pibuild/test-kit";
import { expect } from "vitest";

const builds = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "xz");

/** Each step leaves another file, so that its layer is another whenever it ran. */
const step = (text: string) => `#!/bin/bash -e\necho "${text}" >"\${ROOTFS_DIR}/${text}"\n`;
const image = (level: number) =>
  `stages: [stages/one, stages/two]\ndisk: { boot_size: 36MiB, root_free: 8MiB }\ncompression: { level: ${level} }\n`;

async function smallImage(): Promise<Rig> {
  const rig = await createNxRig();
  await rig.write({
    "apps/pi/image.yaml": image(0),
    "stages/one/prerun.sh": `#!/bin/bash -e\n${makesBootFiles}`,
    "stages/one/00-a/00-run.sh": step("a"),
    "stages/one/01-b/00-run.sh": step("b"),
    "stages/two/prerun.sh": "#!/bin/bash -e\ntrue\n",
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  return rig;
}

async function build(rig: Rig): Promise<{ readonly lines: string[] }> {
  const { exitCode, stderr } = await rig.pibuild(["build", "pi"]);
  expect(exitCode, stderr).toBe(0);
  // How long things took is another each time.
  return {
    lines: stderr
      .trimEnd()
      .replaceAll(/[\d.]+ s\b/g, "N s")
      .split("\n"),
  };
}

builds("a build with nothing to do counts its steps and names its files all the same", async () => {
  await using rig = await smallImage();
  const json = async () => JSON.parse((await rig.pibuild(["build", "pi", "--json"])).stdout);
  const first = await json();
  expect(first).toMatchObject({ outcome: "built", fresh: false });
  const second = await json();
  expect(second).toMatchObject({ outcome: "up-to-date", fresh: true });
  const named = (document: { artifacts: { written: boolean }[] }, written: boolean) =>
    document.artifacts.map((file) => ({ ...file, written }));
  expect(first.artifacts).toEqual(named(first, true));
  expect(second.artifacts).toEqual(named(first, false));
  expect(second.artifacts.map(({ path }: { path: string }) => path)).toEqual(
    ["pi.img", "pi.img.xz", "pi.img.xz.sha256", "pi.bmap"].map((name) =>
      join(rig.path, "dist/pi", name),
    ),
  );
  const outcomes = second.steps.map(({ outcome }: { outcome: string }) => outcome);
  expect(outcomes).toEqual(["cached", "cached", "cached", "cached"]);
  expect((await build(rig)).lines).toEqual([
    "pi is up to date (N s, 4 of 4 steps cached): dist/pi",
  ]);
});

builds("plan, build and why give the same reasons in the same words", async () => {
  await using rig = await smallImage();
  await build(rig);
  await rig.write({
    "apps/pi/image.yaml": image(1),
    "stages/one/00-a/00-run.sh": step("other"),
    "stages/two/prerun.sh": step("two"),
  });
  const changed = "changed: files/prerun.sh";
  const rows = [
    ["one/00-a", "changed: files/00-a/00-run.sh"],
    ["one/01-b", "after one/00-a"],
    ["two/prerun", `after one/00-a, ${changed}`],
    ["disk", "after one/00-a"],
    ["artifacts", "after disk, changed: compression/level"],
  ];
  const plan = (await rig.pibuild(["plan", "pi"])).stdout.trimEnd().split("\n");
  expect(plan.map((line) => line.split(/ {2,}/))).toEqual([
    ["one/prerun", "cached"],
    ...rows.map(([name, why]) => [name, "run", why]),
  ]);
  for (const [name = "", why = ""] of rows)
    expect((await rig.pibuild(["why", "pi", name])).stdout).toContain(`${name}: ${why}`);
  const { lines } = await build(rig);
  expect(lines[0]).toBe("plan    pi: 1 of 4 steps cached");
  expect(lines.filter((line) => / run {5}/.test(` ${line}`))).toEqual([
    ...rows.slice(0, 3).map(([name, why], index) => `[ ${index + 2}/4] run     ${name} (${why})`),
    ...rows.slice(3).map(([name, why]) => `run     ${name} (${why})`),
  ]);
  expect(lines.at(-1)).toBe("pi is ready (N s, 1 of 4 steps cached): dist/pi");

  const why = async (...names: string[]) =>
    (await rig.pibuild(["why", "pi", ...names])).stdout.replaceAll(/[\d.]+ s\b/g, "N s");
  const all = await why();
  expect(all).toMatch(/^last build of pi \(\d{4}-\d\d-\d\d \d\d:\d\d\): 1 of 4 steps cached\n/);
  for (const [name = "", reason = ""] of rows)
    expect(all.split("\n")).toContain(`${name.padEnd(10)}  ran in N s (${reason})`);
  expect(await why("one/prerun")).toMatch(/^one\/prerun: cached\nlast build \(.*\): cached$/);
  expect(await why("artifacts")).toMatch(
    /: up to date\nlast build .*: ran in N s \(after disk, changed: compression\/level\)\n {2}compression\/level\n {4}before: 0\n {4}now: {4}1$/,
  );
});

builds("a build that a person stops did not fail, nor did its step", async () => {
  await using rig = await smallImage();
  const signs = join(rig.path, "..", "signs");
  await mkdir(signs);
  await rig.write({
    "stages/one/01-b/00-run.sh": `#!/bin/bash -e\ntouch "${signs}/running"\nuntil [ -e "${signs}/gate" ]; do sleep 0.05; done\n`,
  });
  const started = rig.start(["build", "pi", "--json"]);
  while (!existsSync(join(signs, "running"))) await setTimeout(50);
  await started.kill("SIGINT");
  const { exitCode, stdout, stderr } = await started.done;
  expect(exitCode).toBe(130);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ outcome: "interrupted", error: { code: "INTERRUPTED" } });
  expect(report.steps.at(-1)).toMatchObject({ step: "one/01-b", outcome: "interrupted" });
  expect(stderr).toMatch(/\] stopped one\/01-b after .*\n(?:.*\n)*stopped by Ctrl-C /);
  expect(stderr).not.toMatch(/failed|error/);
  expect((await rig.pibuild(["why", "pi"])).stdout).toMatch(/^one\/01-b +stopped after /m);
  await writeFile(join(signs, "gate"), "");
  expect((await build(rig)).lines[0]).toBe("plan    pi: 2 of 4 steps cached");
});
