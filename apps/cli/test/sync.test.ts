import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type CliResult, createPigenOrigin, createRig, needs, pinText } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";

const git = needs("git", "flock");
const tag = "2026-01-01-raspios-bookworm-arm64";

/** A workspace whose pin is the tag of an origin; PI_GEN_SOURCE is left to the test. */
async function pinned() {
  const rig = await createRig();
  onTestFinished(() => rig[Symbol.asyncDispose]());
  const origin = await createPigenOrigin();
  onTestFinished(() => origin[Symbol.asyncDispose]());
  const commit = await origin.tag(tag);
  await rig.write({ "pi-gen-pin.env": pinText({ PI_GEN_TAG: tag, PI_GEN_COMMIT: commit }) });
  const checkouts = join(rig.path, ".pibuild/pi-gen");
  return {
    ...{ rig, origin, commit, checkouts, checkout: join(checkouts, commit) },
    source: { PI_GEN_SOURCE: origin.path },
    /** stderr without the paths and commits of this run. */
    said: ({ stderr }: CliResult) =>
      stderr
        .replaceAll(rig.path, "<workspace>")
        .replaceAll(origin.path, "<origin>")
        .replaceAll(commit, "<commit>"),
  };
}

git("sync fetches, and a second one needs no source", async () => {
  const { rig, commit, checkout, source, said } = await pinned();
  const first = await rig.pibuild(["sync"], source);
  expect(first.stdout).toBe(`pi-gen ${tag} is fetched: .pibuild/pi-gen/${commit}`);
  expect(said(first)).toMatch(`run     fetch pi-gen ${tag} from <origin>\ndone    fetch pi-gen`);
  const second = await rig.pibuild(["sync", "--json"]);
  expect([second.exitCode, second.stderr]).toEqual([0, ""]);
  expect(JSON.parse(second.stdout)).toEqual({
    schema: 1,
    ...{ tag, commit, path: checkout, fetched: false },
  });
});

git("sync says when PIGEN_DIR goes before what it fetched", async () => {
  const { rig, origin, source, said } = await pinned();
  const result = await rig.pibuild(["sync"], { ...source, PIGEN_DIR: origin.path });
  expect(said(result)).toContain("note: PIGEN_DIR is set, so `<origin>` is used and not this");
});

git("without a pin, sync and pin check stop and say which file is missing", async () => {
  await using rig = await createRig();
  for (const command of [["sync"], ["pin", "check"]]) {
    const { exitCode, stdout, stderr } = await rig.pibuild(command);
    expect([exitCode, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(
      `the pin of pi-gen is missing: \`${rig.path}/pi-gen-pin.env\` does not exist`,
    );
  }
});

git("a source that cannot be read is told with git's own words and what to do", async () => {
  const { rig, said } = await pinned();
  const result = await rig.pibuild(["sync"], { PI_GEN_SOURCE: "nowhere" });
  expect(result.exitCode).toBe(5);
  expect(said(result)).toContain("error: `<workspace>/nowhere` (PI_GEN_SOURCE) could not be read:");
  expect(said(result)).toMatch(/^ {2}\| fatal: .*nowhere/m);
  expect(said(result)).toContain("hint: set PI_GEN_SOURCE to a clone or a bare mirror of pi-gen");
});

git("a modified checkout is told with the way out", async () => {
  const { rig, checkout, source, said } = await pinned();
  await rig.pibuild(["sync"], source);
  await writeFile(join(checkout, "build.sh"), "true\n");
  const result = await rig.pibuild(["sync"], source);
  expect(result.exitCode).toBe(7);
  expect(said(result).trim()).toMatchInlineSnapshot(`
    "error: \`<workspace>/.pibuild/pi-gen/<commit>\` was changed since it was fetched: \`build.sh\` differs from commit \`<commit>\`

    hint: to use the pinned pi-gen, remove \`<workspace>/.pibuild/pi-gen/<commit>\` and run \`pibuild sync\`; to build with the changes, move it elsewhere and name it with PIGEN_DIR"
  `);
});

git("a user's own git configuration changes no file", async () => {
  const { rig, checkout, source } = await pinned();
  const home = join(rig.path, "..", "home");
  await mkdir(join(home, "template/hooks"), { recursive: true });
  await writeFile(join(home, "attributes"), "* text eol=crlf\n");
  await writeFile(
    join(home, ".gitconfig"),
    `[core]\nautocrlf = true\nattributesFile = ${home}/attributes\nexcludesFile = ${home}/attributes\n[init]\ntemplateDir = ${home}/template\n[status]\nshowUntrackedFiles = no\n`,
  );
  const hook = "#!/bin/bash\ntouch hooked\n";
  await writeFile(join(home, "template/hooks/post-checkout"), hook, { mode: 0o755 });
  await rig.pibuild(["sync"], { ...source, HOME: home });
  expect(await readFile(join(checkout, "build.sh"), "utf8")).toBe("#!/bin/bash -e\n");
  expect(existsSync(join(checkout, "hooked"))).toBe(false);
  await writeFile(join(checkout, "new"), "");
  expect((await rig.pibuild(["sync"], { HOME: home })).exitCode).toBe(7);
});

for (const [signal, command] of [
  ["SIGKILL", "fetch"],
  ["SIGKILL", "checkout"],
  ["SIGTERM", "checkout"],
] as const) {
  git(
    `${signal} while git runs its ${command}: the name is not there, the next sync is whole`,
    async () => {
      const { rig, checkout, checkouts, source } = await pinned();
      // The real program, which first says that it is asked for this command, and waits.
      const gated = `#!/bin/bash\ncase " $* " in *" ${command} "*) touch "$0.asked"; exec sleep 600;; esac\nexec git "$@"\n`;
      await rig.write({ "gated-git.sh": gated });
      const program = join(rig.path, "gated-git.sh");
      const run = rig.start(["sync"], { ...source, PIBUILD_TOOL_GIT: program });
      while (!existsSync(`${program}.asked`)) await setTimeout(10);
      await run.kill(signal);
      const ended = await run.done.catch(() => undefined);
      if (signal === "SIGTERM") {
        expect(ended?.exitCode).toBe(143);
        expect(await readdir(checkouts)).toEqual(["lock"]);
      }
      expect(existsSync(checkout)).toBe(false);
      const next = await rig.pibuild(["sync"], source);
      expect(next.exitCode).toBe(0);
      expect((await readdir(checkouts)).sort()).toEqual([basename(checkout), "lock"].sort());
    },
  );
}
