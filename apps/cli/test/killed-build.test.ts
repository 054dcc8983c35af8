import { on } from "node:events";
import { existsSync, watch } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";
import { createNxRig, makesBootFiles, needs, type Rig } from "@pibuild/test-kit";
import { expect } from "vitest";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const builds = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "qemu-aarch64-static");

/** An image whose second step says that it runs, and then waits for a file that only the test makes. */
async function gatedImage(): Promise<Rig & { readonly signs: string }> {
  const rig = await createNxRig();
  const signs = join(rig.path, "..", "signs");
  await mkdir(signs);
  await rig.write({
    "apps/pi/image.yaml": "stages: [stages/one]\ndisk: { boot_size: 36MiB, root_free: 8MiB }\n",
    "stages/one/prerun.sh": `#!/bin/bash -e\n${makesBootFiles}`,
    "stages/one/00-gated/00-run.sh": `#!/bin/bash -e\ntouch "${signs}/running"\nuntil [ -e "${signs}/gate" ]; do sleep 0.05; done\n`,
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  return Object.assign(rig, { signs });
}

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  builds(
    `a build that gets ${signal} ends whole, and the next one resumes at its step`,
    async () => {
      await using rig = await gatedImage();
      const build = rig.start(["build", "pi", "--target", "disk"]);
      await until(rig.signs, async () => existsSync(join(rig.signs, "running")));
      const runs = join(rig.store, "runs");
      await build.kill(signal);
      await build.done.catch(() => undefined);
      await until(runs, async () => (await readdir(runs)).length === 0);
      expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(rig.store);
      await writeFile(join(rig.signs, "gate"), "");
      const { exitCode, stdout } = await rig.pibuild(["build", "pi", "--target", "disk", "--json"]);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout).steps).toMatchObject([
        { step: "one/prerun", outcome: "cached" },
        { step: "one/00-gated", outcome: "ran" },
      ]);
    },
  );
}

/** Lets a rig's workspace be built through the launchers, whose set-up has nothing to do there. */
async function withLaunchers(rig: Rig): Promise<void> {
  const empty = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "tsup.config.ts"];
  const cli = join(repository, "apps/cli/bin/pibuild.mjs");
  await rig.write({
    ...Object.fromEntries(
      [...empty, "packages/.keep", "tools/build/licences.ts"].map((name) => [name, ""]),
    ),
    "tsconfig.base.json": "{}",
    // Else Nx reads the lockfile as well.
    "nx.json": JSON.stringify({
      ...{ analytics: false, neverConnectToCloud: true, plugins: ["@pibuild/nx/plugin"] },
      pluginsConfig: { "@nx/js": { analyzeLockfile: false, analyzeSourceFiles: false } },
    }),
    "package.json": JSON.stringify({
      scripts: { pibuild: "node tools/setup/with-toolchain.mjs pibuild" },
    }),
    "apps/cli/bin/pibuild.mjs": `if (process.argv[2] !== "doctor") await import(${JSON.stringify(cli)});\n`,
    "bin/pnpm": '#!/bin/sh\nif [ "$1" = --version ]; then echo 12.0.0; fi\n',
  });
  await chmod(join(rig.path, "bin/pnpm"), 0o755);
  for (const name of ["pibuild", "tools/setup/with-toolchain.mjs"]) {
    await mkdir(dirname(join(rig.path, name)), { recursive: true });
    await copyFile(join(repository, name), join(rig.path, name));
  }
}

const launchers = {
  "npm run": ["npm", "run", "--silent", "pibuild", "--"],
  "./pibuild": ["./pibuild"],
} as const;

for (const [name, command] of Object.entries(launchers)) {
  builds(`a build ends whole where ${name} is killed, and writes nothing more`, async () => {
    await using rig = await gatedImage();
    await withLaunchers(rig);
    const pidFile = join(rig.path, "..", "pid");
    const script = 'echo $$ >"$1"; shift; exec "$@"';
    const build = createExec().run({
      program: "bash",
      args: ["-c", script, "bash", pidFile, ...command, "build", "pi", "--target", "disk"],
      cwd: rig.path,
      env: {
        ...{ PIBUILD_STORE: rig.store, PIBUILD_CACHE: join(rig.path, "..", "cache") },
        // npm would keep its own in /tmp.
        ...{ NO_COLOR: "1", PIBUILD_TWIN: "0", NODE_DISABLE_COMPILE_CACHE: "1" },
        PATH: [join(rig.path, "bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
      },
    });
    // What ends before says why.
    const running = until(rig.signs, async () => existsSync(join(rig.signs, "running")));
    await Promise.race([running, build]);
    process.kill(Number(await readFile(pidFile, "utf8")), "SIGKILL");
    const runs = join(rig.store, "runs");
    await until(runs, async () => (await readdir(runs)).length === 0);
    await writeFile(join(rig.signs, "gate"), "");
    // With the last process of the build goes its output, which all of them hold.
    await expect(build).rejects.toMatchObject({ data: { signal: "SIGKILL" } });
    expect(existsSync(join(rig.path, "dist/pi/pi.img"))).toBe(false);
    expect(await processesOf(rig)).toEqual([]);
    expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(rig.store);
  });
}

for (const flags of [[], ["--store"]]) {
  builds(`clean ${flags.join(" ")} waits for a build that runs, and names it`, async () => {
    await using rig = await gatedImage();
    const build = rig.start(["build", "pi", "--target", "disk"]);
    await until(rig.signs, async () => existsSync(join(rig.signs, "running")));
    const cleaning = rig.pibuild(["clean", ...flags]);
    const waiting = ["--exclusive", join(rig.path, ".pibuild/locks/pi")].join("\0");
    while (!(await processesOf(rig)).some((line) => line.includes(waiting))) await setTimeout(50);
    // Another workspace's build is known by the store alone.
    const other = join(rig.path, "..", "other");
    await mkdir(join(other, "apps/pi"), { recursive: true });
    await writeFile(join(other, "apps/pi/image.yaml"), "stages: [stages/one]\n");
    const elsewhere =
      flags.length > 0 ? rig.pibuild(["clean", ...flags], { PIBUILD_WORKSPACE: other }) : undefined;
    await writeFile(join(rig.signs, "gate"), "");
    const built = await build.done;
    expect(built.stderr).toContain("pi is ready");
    expect(built.exitCode).toBe(0);
    const { exitCode, stderr } = await cleaning;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/waiting for the build of pi\n(?:.*\n)*removed .*dist/);
    expect(existsSync(join(rig.path, "dist"))).toBe(false);
    expect((await elsewhere)?.exitCode ?? 0).toBe(0);
    expect(existsSync(join(rig.store, "blobs"))).toBe(flags.length === 0);
  });
}

/** Resolves when the condition holds; it is asked whenever something in the directory changes. */
async function until(directory: string, condition: () => Promise<boolean>): Promise<void> {
  const watcher = watch(directory);
  try {
    const changes = on(watcher, "change", { signal: AbortSignal.timeout(60_000) });
    if (await condition()) return;
    for await (const _change of changes) if (await condition()) return;
  } finally {
    watcher.close();
  }
}

/** The command lines of what still runs in a rig. */
async function processesOf({ path }: Rig): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(lines)).filter((line) => line.includes(dirname(path)));
}
