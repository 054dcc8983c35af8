import { lstat, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRig, makesBootFiles, needs, type Rig, startRegistry } from "@pibuild/test-kit";
import { describe, expect } from "vitest";
import { machine, onCache } from "./cache/cache-rig.ts";

const it = needs("own mount namespace", "mksquashfs", "mke2fs", "mcopy", "xz");

const yaml = `stages: [stages/one]
disk: { boot_size: 36MiB, root_free: 8MiB }
compression: { level: 0 }
`;

const script = (text: string) => `#!/bin/bash -e\n${text}\n`;
const first = (more = "") =>
  script(`${makesBootFiles}cd "\${DEPLOY_DIR}"
echo one >both; echo gone >gone; mkdir -p docs/empty; echo manual >docs/manual
${more}`);
const second = (word = "two") =>
  script(`cd "\${DEPLOY_DIR}"
cat both >"\${ROOTFS_DIR}/seen"
echo ${word} >both; rm gone; ln -s docs/manual latest; ln both again
echo key >key; chmod 600 key; chmod 4777 again; mkfifo "\${STAGE_WORK_DIR}/fifo"
touch -d @1000000000 docs/manual; truncate -s 64M big.img`);

async function image(): Promise<Rig> {
  const rig = await createRig();
  await rig.write({
    "apps/pi/image.yaml": yaml,
    "stages/one/prerun.sh": first(),
    "stages/one/00-two/00-run.sh": second(),
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
  });
  return rig;
}

/** Brings what was deployed up to date, and the disk before, and gives the steps that were not cached. */
async function deploy(rig: Rig): Promise<string[]> {
  const events = join(rig.path, "..", "events");
  await rm(events, { force: true });
  for (const target of ["disk", "deployed"]) {
    const run = await rig.pibuild(["task", "pi", target], { PIBUILD_EVENTS: events });
    expect(run.exitCode, run.stderr).toBe(0);
  }
  return [...(await text(events)).matchAll(/"step-started","step":"([^"]+)"/g)].map(
    ([, step = ""]) => step,
  );
}

const text = (...path: readonly string[]) => readFile(join(...path), "utf8");

describe("what steps put into DEPLOY_DIR", () => {
  it("lies beside the disk as they left it, also where they are cached", async () => {
    await using rig = await image();
    const directory = join(rig.path, "dist/pi/deploy");
    const check = async () => {
      expect((await readdir(directory, { recursive: true })).sort()).toEqual([
        ...["again", "big.img", "both", "docs", "docs/empty", "docs/manual", "key", "latest"],
      ]);
      expect(await text(directory, "both")).toBe("two\n");
      expect(await readlink(join(directory, "latest"))).toBe("docs/manual");
      const stats = (name: string) => lstat(join(directory, name));
      const modeOf = async (name: string) => ((await stats(name)).mode & 0o7777).toString(8);
      const modes = await Promise.all(["again", "key", "docs", "."].map(modeOf));
      expect(modes).toEqual(["777", "600", "755", "755"]);
      expect(await stats("both")).toMatchObject({ nlink: 1 });
      const big = await stats("big.img");
      expect([big.size, big.blocks < 100]).toEqual([64 * 1024 ** 2, true]);
      const times = ["both", "latest", "docs", "docs/manual"].map(stats);
      expect(new Set((await Promise.all(times)).map(({ mtimeMs }) => mtimeMs)).size).toBe(1);
    };
    expect(await deploy(rig)).toEqual(["one/prerun", "one/00-two"]);
    await check();
    expect(await deploy(rig)).toEqual([]);
    await rm(join(rig.path, "dist"), { recursive: true });
    expect(await deploy(rig)).toEqual([]);
    await check();
  });

  it("belongs together with the image: what a build no longer makes is gone before it", async () => {
    await using rig = await image();
    const directory = join(rig.path, "dist/pi/deploy");
    await deploy(rig);
    await rig.write({ "stages/one/00-two/00-run.sh": script('exit "$(<"${DEPLOY_DIR}/both")"') });
    // What a killed build may leave: old bytes stand nowhere beside new ones.
    await rig.write({ "stages/one/prerun.sh": first("rm docs/manual; echo 0 >both") });
    await deploy(rig);
    expect((await readdir(directory, { recursive: true })).sort()).toEqual([
      ...["both", "docs", "docs/empty", "gone"],
    ]);
    // Somebody changed a result: it is made again.
    await writeFile(join(directory, "both"), "9\n");
    await deploy(rig);
    expect(await text(directory, "both")).toBe("0\n");

    await rig.write({ "stages/one/prerun.sh": script(makesBootFiles) });
    await rig.write({ "stages/one/00-two/00-run.sh": script('[ -z "$(ls "${DEPLOY_DIR}")" ]') });
    await deploy(rig);
    expect(await readdir(join(rig.path, "dist/pi"))).not.toContain("deploy");
  });

  it("is delivered under the image's name, and nobody else enters that of one with secrets", async () => {
    await using rig = await image();
    const output = join(rig.path, "..", "out");
    const env = { OUTPUT_DIR: output, IMG_NAME: "kitchen", FIRST_USER_PASS: "sesame, open" };
    const delivered = join(output, "kitchen.deploy");
    const build = async () => {
      const run = await rig.pibuild(["build", "pi", "--venue", "native", "--json"], env);
      expect(run.exitCode, run.stderr).toBe(0);
      const { artifacts } = JSON.parse(run.stdout) as {
        artifacts: { path: string; bytes: number }[];
      };
      return artifacts.map(({ path, bytes }) => `${path} ${bytes}`);
    };
    const built = await build();
    expect(built).toContain(`${delivered}/docs/manual 7`);
    expect(built).toContain(`${rig.path}/dist/pi/deploy/docs/manual 7`);
    expect(await text(delivered, "both")).toBe("two\n");
    expect(await readlink(join(delivered, "latest"))).toBe("docs/manual");
    const modes = [delivered, join(rig.path, "dist/pi/deploy")].map((path) => stat(path));
    expect((await Promise.all(modes)).map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o700]);

    const { ctimeMs } = await stat(join(delivered, "both"));
    // A build with nothing to do names the same files.
    expect(new Set(await build())).toEqual(new Set(built));
    expect((await stat(join(delivered, "both"))).ctimeMs).toBe(ctimeMs);
    await writeFile(join(delivered, "docs/stale"), "");
    expect(await build()).toContain(`${delivered}/both 4`);
    expect(await readdir(join(delivered, "docs"))).toEqual(["empty", "manual"]);

    await rig.write({ "stages/one/00-two/00-run.sh": script('rm -r "${DEPLOY_DIR:?}"/*') });
    await build();
    expect(await readdir(output)).toEqual([
      ...["kitchen.bmap", "kitchen.img.xz", "kitchen.img.xz.sha256"],
    ]);
  });

  onCache("comes from a remote cache with its modes and links, and without a layer", async () => {
    await using registry = await startRegistry();
    const env = { PIBUILD_CACHE_REGISTRY: `${registry.host}/team/cache` };
    const stage = { "stages/one/prerun.sh": first(), "stages/one/00-two/00-run.sh": second() };
    await using a = await machine(stage);
    const sent = await a.build({ ...env, PIBUILD_CACHE_WRITE: "1" });
    expect(sent.exitCode, sent.stderr).toBe(0);
    await using b = await machine(stage);
    const brought = await b.build(env);
    expect([brought.exitCode, brought.ran, brought.summary.phases]).toEqual([0, [], []]);
    expect(await readdir(join(b.store, "blobs")).catch(() => [])).toEqual([]);
    const list = async (rig: Rig) => {
      const directory = join(rig.path, "dist/pi/deploy");
      const names = (await readdir(directory, { recursive: true })).sort();
      const stats = names.map(async (name) => {
        const { mode, size, mtimeMs } = await lstat(join(directory, name));
        return [name, mode, name.includes("docs") || size, mtimeMs];
      });
      return await Promise.all(stats);
    };
    expect(await list(b)).toEqual(await list(a));
    expect(await text(b.path, "dist/pi/deploy/latest")).toBe("manual\n");
    expect((await b.build(env)).summary.fresh).toBe(true);
  });
});
