import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { createNxRig, makesBootFiles, needs, type Rig } from "@pibuild/test-kit";
import { expect } from "vitest";

const builds = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "xz");

/** An image that is built in no time. */
async function smallImage(): Promise<Rig & { readonly dist: string }> {
  const rig = await createNxRig();
  await rig.write({
    "apps/pi/image.yaml":
      "stages: [stages/one]\ndisk: { boot_size: 36MiB, root_free: 8MiB }\ncompression: { level: 0 }\n",
    "stages/one/prerun.sh": `#!/bin/bash -e\n${makesBootFiles}`,
    "stages/one/00-only/00-run.sh": "#!/bin/bash -e\ntrue\n",
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  return Object.assign(rig, { dist: join(rig.path, "dist", "pi") });
}

builds("BUILD_TIMEOUT ends a build whole, and leaves what an earlier one made", async () => {
  await using rig = await smallImage();
  const marker = `forever ${rig.path}`;
  await rig.write({
    "dist/pi/pi.img.xz": "from an earlier build",
    // It minds no polite request to end, and has a child of its own.
    "stages/one/00-only/00-run.sh": `#!/bin/bash -e\ntrap "" TERM INT HUP\n(exec -a "${marker}" sleep infinity) &\nwait\n`,
  });
  const { exitCode, stderr } = await rig.pibuild(["build", "pi"], { BUILD_TIMEOUT: "12" });
  expect(exitCode).toBe(124);
  expect(stderr).toContain("the build of `pi` was stopped after 12 s, as BUILD_TIMEOUT");
  expect(await readdir(join(rig.store, "runs")).catch(() => [])).toEqual([]);
  expect(await commandLines()).not.toContain(marker);
  expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(rig.store);
  expect(await readFile(join(rig.dist, "pi.img.xz"), "utf8")).toBe("from an earlier build");
});

builds(
  "OUTPUT_DIR gets the finished files under IMG_NAME, and again where one is gone",
  async () => {
    await using rig = await smallImage();
    const output = join(rig.path, "out", "images");
    const image = join(output, "Sugar-1.img.xz");
    const env = { OUTPUT_DIR: "out/images", IMG_NAME: "Sugar-1" };
    const first = await rig.pibuild(["build", "pi", "--json"], env);
    expect(first.stderr).not.toContain("warning");
    const names = ["Sugar-1.bmap", "Sugar-1.img.xz", "Sugar-1.img.xz.sha256"];
    expect((await readdir(output)).sort()).toEqual(names);
    expect(JSON.parse(first.stdout).artifacts).toContainEqual(
      expect.objectContaining({ path: image }),
    );
    const check = ["-c", "sha256sum --check --quiet *.sha256"];
    await createExec().run({ program: "bash", args: check, cwd: output });
    const kept = await stat(`${image}.sha256`);
    await writeFile(image, "");
    const again = JSON.parse((await rig.pibuild(["build", "pi", "--json"], env)).stdout);
    expect(again).toMatchObject({ fresh: true });
    const written = again.artifacts.filter((each: { written: boolean }) => each.written);
    expect(written).toMatchObject([{ path: image }]);
    expect(await readFile(image)).toEqual(await readFile(join(rig.dist, "Sugar-1.img.xz")));
    expect((await stat(`${image}.sha256`)).ctimeMs).toBe(kept.ctimeMs);
    // Under another name there is no disk yet.
    expect((await rig.pibuild(["plan", "pi"])).stdout).toMatch(/^disk +run /m);
  },
);

builds("an OUTPUT_DIR that is a file is an error before any step runs", async () => {
  await using rig = await smallImage();
  await rig.write({ out: "" });
  const { exitCode, stderr } = await rig.pibuild(["build", "pi"], { OUTPUT_DIR: "out" });
  expect(exitCode).toBe(3);
  const directory = join(rig.path, "out");
  expect(stderr).toContain(`\`${directory}\` cannot take the finished files: it is no directory`);
  expect(stderr).not.toContain("one/prerun");
});

builds("a store with too little room is refused before any step runs", async () => {
  await using rig = await smallImage();
  await mkdir(rig.store, { recursive: true });
  const mount = ["-t", "tmpfs", "-o", "size=64m", "tmpfs", rig.store];
  await createExec().run({ program: "mount", args: mount });
  try {
    const { exitCode, stderr } = await rig.pibuild(["build", "pi"]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain("the build needs 3.0 GiB");
    expect(stderr).not.toContain("one/prerun");
  } finally {
    await createExec().run({ program: "umount", args: [rig.store] });
  }
});

builds(
  "a build is ready once its filesystems are synced, and not where one cannot be",
  async () => {
    await using rig = await smallImage();
    await rig.write({
      "sync.sh": `#!/bin/bash -e\nprintf '%s\\n' "$@" >synced\ncd dist/pi; ls *.img >>../../synced; cd ../..\n[ ! -e broken ]\n`,
    });
    const env = { PIBUILD_TOOL_SYNC: join(rig.path, "sync.sh") };
    const args = ["build", "pi", "--target", "disk"];
    expect((await rig.pibuild(args, env)).stderr).toContain("pi is ready");
    const synced = (await readFile(join(rig.path, "synced"), "utf8")).trimEnd().split("\n");
    expect(synced).toEqual(["--file-system", rig.dist, rig.store, "pi.img"]);
    await rig.write({ broken: "", "stages/one/00-only/00-run.sh": "#!/bin/bash -e\n: more\n" });
    const { exitCode, stderr } = await rig.pibuild(args, env);
    expect(exitCode).not.toBe(0);
    expect(stderr).not.toContain("ready");
  },
);

builds("what sudo built belongs to who called it, also where a step fails", async () => {
  await using rig = await smallImage();
  const env = { SUDO_UID: "1234", SUDO_GID: "5678", OUTPUT_DIR: "out" };
  const others = async () => {
    const args = ["-c", "find dist .pibuild out -not -uid 1234"];
    return (await createExec().run({ program: "bash", args, cwd: rig.path })).stdout;
  };
  expect((await rig.pibuild(["build", "pi"], env)).exitCode).toBe(0);
  expect(await others()).toBe("");
  // They read the store without root, as `plan` does.
  const { uid, mode } = await stat(rig.store);
  expect([uid, mode & 0o777]).toEqual([1234, 0o700]);
  for (const name of ["blobs", "records", "latest"]) {
    const args = ["-c", `find "${join(rig.store, name)}" -not -uid 1234`];
    expect((await createExec().run({ program: "bash", args })).stdout).toBe("");
  }
  await rig.write({ "stages/one/00-only/00-run.sh": "#!/bin/bash -e\nfalse\n" });
  expect((await rig.pibuild(["build", "pi"], env)).exitCode).toBe(6);
  expect(await others()).toBe("");
});

builds("a token is in the image, and in no log, record, manifest or event", async () => {
  await using rig = await smallImage();
  const token = "eyJhIjoiZ2VoZWltIn0";
  await rig.write({
    "run/token": `${token}\n`,
    "stages/one/00-only/00-run.sh":
      '#!/bin/bash -ex\necho "${TUNNEL_TOKEN}" | tee "${ROOTFS_DIR}/token"\n',
  });
  const env = { TUNNEL_TOKEN_FILE: "run/token" };
  const build = await rig.pibuild(["build", "pi", "-v", "--target", "disk"], env);
  expect(build.exitCode).toBe(0);
  expect(build.stderr).toContain("warning: `TUNNEL_TOKEN` ends up in the image as it is");
  expect(build.stderr).toContain("***");
  expect(build.stdout + build.stderr).not.toContain(token);
  expect(await filesWith(token, [rig.dist])).toEqual([join(rig.dist, "pi.img")]);
  const written = [".pibuild", ".nx"].map((name) => join(rig.path, name));
  const stored = ["records", "latest"].map((name) => join(rig.store, name));
  expect(await filesWith(token, [...written, ...stored])).toEqual([]);
  // Whoever may not become root learns it nowhere.
  expect(await readableByOthers(rig)).toEqual([]);
  // Another token is another layer.
  const plan = await rig.pibuild(["plan", "pi"], { TUNNEL_TOKEN: "eyJhIjoiYW5kZXJzIn0" });
  expect(plan.stdout).toContain("changed: settings/TUNNEL_TOKEN");
});

/** Files that a user with no rights can read of all that a build left, but for what holds no image. */
async function readableByOthers({ path, store, dist }: Rig & { readonly dist: string }) {
  const find = 'find "$@" -type f -readable ! -name manifest.json';
  const places = [store, dist, join(path, ".pibuild/logs"), join(path, ".nx")];
  const { stdout } = await createExec().run({
    program: "setpriv",
    args: [
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      "bash",
      "-c",
      find,
      "bash",
      ...places,
    ],
    allowExit: [1],
  });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("/") && !/\.(?:bmap|sha256)$/.test(line));
}

async function filesWith(text: string, places: readonly string[]): Promise<string[]> {
  const { stdout } = await createExec().run({
    program: "bash",
    args: ["-c", 'grep --recursive --files-with-matches "$@"', "bash", text, ...places],
    allowExit: [1],
  });
  return stdout.split("\n").filter((line) => line !== "");
}

async function commandLines(): Promise<string> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(lines)).join("\n");
}
