import { on } from "node:events";
import { existsSync, watch } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import {
  createNxRig,
  createRig,
  type EngineRig,
  leavesLine,
  makesBootFiles,
  needs,
  type Rig,
  writeStandInPiGen,
} from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect, type TestContext } from "vitest";

interface Layer {
  readonly fingerprint: string;
  readonly layer: { readonly digest: string };
}

/** A chain that holds what a container could get wrong: owners, devices, attributes, a chroot. */
const stages = {
  "apps/pi/image.yaml":
    "stages: [stages/one]\ndisk: { boot_size: 36MiB, root_free: 8MiB }\nnetwork: packages\n",
  "stages/one/prerun.sh": '#!/bin/bash -e\ncp --archive files/tree "${ROOTFS_DIR}"\n',
  "stages/one/00-files/00-run.sh": `#!/bin/bash -e
cd "\${ROOTFS_DIR}/etc"
mkdir replaced && echo old >replaced/old
echo "\${TARGET_HOSTNAME}" >owned && chown 1234:5678 owned && chmod 4755 owned
ln owned linked
mknod device c 1 3
echo "\${CLOUD_INIT_USER_DATA}" >user-data
setfattr -n user.pibuild -v yes owned
`,
  "stages/one/01-chroot/00-run-chroot.sh":
    "rm -r /etc/replaced\nmkdir /etc/replaced\necho new >/etc/replaced/new\n",
  "stages/export/.keep": "",
  "stages/partitions/.keep": "",
};

/**
 * Writes the stages with a tree of this machine's own programs: a container's may be of other
 * versions, and so other bytes.
 */
async function writeStages(rig: Rig, more: Readonly<Record<string, string>> = {}): Promise<void> {
  await rig.write({ ...stages, ...more });
  const copy = `set -e
mkdir --parents "$0"/{boot/firmware,bin,dev,proc,sys,run,tmp,etc}
for name in bash mkdir rm; do
	program="$(realpath "$(command -v "$name")")"
	for file in "$program" $(ldd "$program" | grep -o '/[^ ]*'); do
		install -D --mode=755 "$file" "$0$file"
	done
	[ -e "$0/bin/$name" ] || ln --symbolic "$program" "$0/bin/$name"
done
ROOTFS_DIR="$0"
${makesBootFiles}`;
  const tree = join(rig.path, "stages/one/files/tree");
  await createExec().run({ program: "bash", args: ["-c", copy, tree] });
}

/** Variables for a build, one with a path outside of the workspace. */
async function settings(rig: Rig): Promise<Record<string, string>> {
  const file = join(rig.path, "..", "user-data");
  await writeFile(file, "#cloud-config\nhostname: kitchen\n");
  return { TARGET_HOSTNAME: "kitchen", CLOUD_INIT_USER_DATA: file };
}

/** The codename of this machine's own release; the containers' is bookworm. */
async function release(): Promise<string | undefined> {
  return /^VERSION_CODENAME=(.*)$/m.exec(await readFile("/etc/os-release", "utf8"))?.[1];
}

/** A step that says that it runs, and then waits for a file that only the test makes. */
const gate = (signs: string) => ({
  "stages/one/02-gated/00-run.sh": `#!/bin/bash -e\ntouch "${signs}/running"\nuntil [ -e "${signs}/gate" ]; do sleep 0.05; done\n`,
});

/** In milliseconds; such a build takes seconds where nothing else runs. */
const timeout = 400_000;

/** What pibuild promises of a container engine, whichever it is. */
export function registerEngineTests(
  name: "docker" | "podman",
  start: () => Promise<EngineRig>,
  rights: RegExp,
): void {
  const where = needs(
    ...(["own mount namespace", "mksquashfs", "mke2fs", "mcopy"] as const),
    ...(["qemu-aarch64-static", "mmdebstrap", name] as const),
    ...(name === "docker" ? (["dockerd"] as const) : []),
  );
  describe(`containers of ${name}`, () => {
    let engine: EngineRig;
    let refused: string | undefined;
    const builds = (what: string, body: () => Promise<void>) =>
      where(
        what,
        async (context?: TestContext) => {
          if (refused !== undefined) context?.skip(`${name} does not start here: ${refused}`);
          await body();
        },
        timeout,
      );
    beforeAll(async () => {
      try {
        engine = await start();
      } catch (error) {
        refused = String(error);
        return;
      }
      // Makes the image, which may take minutes, before any test's time begins.
      await using rig = await createRig();
      await writeStages(rig);
      await rig.pibuild(["plan", "pi", "--venue", "container"], engine.env);
    }, 900_000);
    afterAll(() => engine?.[Symbol.asyncDispose]());

    const build = (rig: Rig, ...args: readonly string[]) =>
      rig.pibuild(["build", "pi", "--target", "one", "--venue", "container", ...args], engine.env);
    const containers = async () =>
      (await engine.call("ps", "--all", "--format", "{{.Names}}")).stdout;

    builds(
      "layers and disk are the same bytes as native ones, and belong to who called",
      async () => {
        await engine.dropVolume();
        await using native = await createRig();
        await writeStages(native);
        const here = await native.pibuild(
          ["build", "pi", "--target", "disk", "--venue", "native", "--json"],
          await settings(native),
        );
        expect(here.exitCode, here.stderr).toBe(0);
        await using rig = await createNxRig();
        await writeStages(rig);
        const args = ["build", "pi", "--target", "disk", "--venue", "container", "--json"];
        const owner = { SUDO_UID: "1234", SUDO_GID: "5678", ...(await settings(rig)) };
        const there = await rig.pibuild(args, { ...engine.env, ...owner });
        expect(there.exitCode, there.stderr).toBe(0);
        expect(there.stderr).toMatch(rights);
        const files = ({ stdout }: { stdout: string }) =>
          (JSON.parse(stdout).artifacts as { bytes: number; sha256: string }[]).map(
            ({ bytes, sha256 }) => ({ bytes, sha256 }),
          );
        expect(files(there)).toEqual(files(here));
        const store = join(await engine.volume(), "store");
        // Another release's mksquashfs packs the same files into other bytes.
        const steps = ["one__prerun", "one__00-files", "one__01-chroot"];
        for (const step of (await release()) === "bookworm" ? steps : []) {
          expect(await layerOf(store, step), step).toEqual(await layerOf(native.store, step));
        }
        expect(await stat(join(rig.path, "dist/pi/pi.img"))).toMatchObject({
          uid: 1234,
          gid: 5678,
        });
        expect(await containers()).toBe("");
      },
    );

    builds("a plan and a shell look at the container's layers", async () => {
      await engine.dropVolume();
      await using rig = await createRig();
      await writeStages(rig);
      expect((await build(rig)).exitCode).toBe(0);
      const there = await rig.pibuild(["plan", "pi", "--venue", "container"], engine.env);
      expect(there.stdout).toMatch(/one\/01-chroot +cached\n/);
      const here = await rig.pibuild(["plan", "pi", "--venue", "native"], engine.env);
      expect(here.stdout).toMatch(/one\/prerun +run +never built\n/);
      const shell = await rig.pibuild(
        ["shell", "pi", "one/01-chroot", "--venue", "container"],
        engine.env,
        { input: "[ -e /etc/replaced/new ] && exit 7\n" },
      );
      expect(shell.exitCode, shell.stderr).toBe(7);
    });

    for (const [signal, code] of [
      ["SIGTERM", 143],
      ["SIGKILL", undefined],
    ] as const) {
      builds(`a build that gets ${signal} leaves no container, and is resumed`, async () => {
        await using gated = await gatedImage(engine);
        const { rig, started, release } = gated;
        await started.kill(signal);
        const ended = await started.done.catch(() => undefined);
        expect(ended?.exitCode).toBe(code);
        if (code === undefined) await engine.call("wait", (await containers()).trim());
        else expect(await containers()).toBe("");
        await release();
        const { exitCode, stdout, stderr } = await build(rig, "--json");
        expect(exitCode, stderr).toBe(0);
        if (code === undefined) expect(stderr).toMatch(/removed container pibuild-\w+, left by/);
        expect(JSON.parse(stdout).steps).toMatchObject([
          { outcome: "cached" },
          { outcome: "cached" },
          { outcome: "cached" },
          { step: "one/02-gated", outcome: "ran" },
        ]);
        expect(await containers()).toBe("");
      });
    }

    builds(
      "a container that is removed is one clear error, and finished steps are kept",
      async () => {
        await using gated = await gatedImage(engine);
        const { rig, started } = gated;
        await engine.call("rm", "--force", (await containers()).trim());
        const { exitCode, stderr } = await started.done;
        expect(exitCode).toBe(4);
        expect(stderr).toContain(
          `error: the \`${name}\` container was stopped or removed while it worked\n\nhint: run the same command again`,
        );
        const plan = await rig.pibuild(["plan", "pi", "--venue", "container"], engine.env);
        expect(plan.stdout).toMatch(/one\/01-chroot +cached\n/);
      },
    );

    builds("pi-gen's own build.sh deploys the same from a container of its image", async () => {
      await using rig = await createRig();
      await writeStandInPiGen(rig);
      await rig.write({
        "../pi-gen/Dockerfile":
          "ARG BASE_IMAGE=debian:none\nFROM ${BASE_IMAGE}\nRUN touch /of-pi-gen\n",
        "../pi-gen/build-docker.sh": "docker build --build-arg BASE_IMAGE=debian:bookworm .\n",
        "apps/pi/image.yaml": "stages: [pi-gen/stage0, stages/own]\n",
        "stages/own/prerun.sh": `${leavesLine("own $STAGE_LIST")}[ "$ENABLE_SSH" != 1 ] || [ -e /of-pi-gen ]\n`,
        "stages/own/EXPORT_IMAGE": "",
        "stages/export/.keep": "",
        "stages/partitions/.keep": "",
      });
      const deploy = async (venue: string, more: Readonly<Record<string, string>> = {}) => {
        const args = ["build", "pi", "--runner", "upstream", "--venue", venue, "--json"];
        const env = { ...engine.env, ...more, PIGEN_DIR: join(rig.path, "../pi-gen") };
        const { exitCode, stdout, stderr } = await rig.pibuild(args, env);
        expect(exitCode, stderr).toBe(0);
        return { stderr, artifacts: JSON.parse(stdout).artifacts };
      };
      const here = await deploy("native");
      await rm(join(rig.path, "dist"), { recursive: true });
      // Its stage then insists on what the Dockerfile made.
      const output = join(rig.path, "../handed out");
      const there = await deploy("container", { ENABLE_SSH: "1", OUTPUT_DIR: output });
      expect(there.stderr).toMatch(/^done {4}own\/prerun\.sh in /m);
      expect(here.artifacts).toHaveLength(4);
      expect(there.artifacts.slice(0, 4)).toEqual(here.artifacts);
      expect((await readdir(output)).sort()).toEqual(["pi.img.xz", "pi.img.xz.sha256"]);
      const log = join(rig.path, ".pibuild/logs/pi/build.sh.log");
      expect(await readFile(log, "utf8")).toMatch(/End \S+stages\/own\/prerun\.sh/);
      expect(await containers()).toBe("");
    });

    builds("a step that fails ends with the build's own error and exit code", async () => {
      await engine.dropVolume();
      await using rig = await createRig();
      await writeStages(rig, { "stages/one/02-bad/00-run.sh": "#!/bin/bash\nexit 3\n" });
      const { exitCode, stderr } = await build(rig);
      expect(exitCode).toBe(6);
      expect(stderr).toContain("error: step `one/02-bad` failed in `00-run.sh`");
    });
  });

  /** A build in a container that has come to its last step, which waits. */
  async function gatedImage(engine: EngineRig) {
    await engine.dropVolume();
    const rig = await createNxRig();
    const signs = join(rig.path, "signs");
    await mkdir(signs);
    await writeStages(rig, gate(signs));
    const args = ["build", "pi", "--target", "one", "--venue", "container"];
    const started = rig.start(args, engine.env);
    await until(signs, () => existsSync(join(signs, "running")));
    return {
      rig,
      started,
      release: () => writeFile(join(signs, "gate"), ""),
      [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
    };
  }
}

async function layerOf(store: string, step: string): Promise<Pick<Layer, "fingerprint" | "layer">> {
  const text = await readFile(join(store, "latest/pi", `${step}.json`), "utf8");
  const { fingerprint, layer } = JSON.parse(text) as Layer;
  return { fingerprint, layer };
}

/** Resolves when the condition holds; it is asked whenever something in the directory changes. */
async function until(directory: string, condition: () => boolean): Promise<void> {
  const watcher = watch(directory);
  try {
    const changes = on(watcher, "change", { signal: AbortSignal.timeout(120_000) });
    if (condition()) return;
    for await (const _change of changes) if (condition()) return;
  } finally {
    watcher.close();
  }
}
