import { existsSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutPath } from "@pibuild/config";
import { needs, testGit } from "@pibuild/test-kit";
import { describe, expect } from "vitest";
import { checkoutRig, failure, pinOf, tag } from "./checkout-rig.ts";

const git = needs("git", "flock");

describe("the first sync", () => {
  git("brings the pinned commit without its history, under the commit's name", async () => {
    const { workspace, origin, pin, sync } = await checkoutRig();
    await origin.tag("2026-02-02-raspios-bookworm-arm64");
    const { path, commit, fetched } = await sync();
    expect([path, commit, fetched]).toEqual([
      join(workspace, ".pibuild/pi-gen", pin.commit),
      pin.commit,
      true,
    ]);
    expect(await testGit(path, "rev-list", "HEAD")).toBe(pin.commit);
    expect(await readFile(join(path, "count"), "utf8")).toBe("1\n");
    expect((await lstat(join(path, "build.sh"))).mode & 0o777).toBe(0o755);
    expect((await readdir(join(workspace, ".pibuild/pi-gen"))).sort()).toEqual(
      [pin.commit, "lock"].sort(),
    );
  });

  git("says what it fetches, and from where", async () => {
    const { origin, pin, sync } = await checkoutRig();
    const phases: string[] = [];
    await sync(pin, {}, (event) => "phase" in event && phases.push(event.phase));
    const phase = `fetch pi-gen ${tag} from ${origin.path}`;
    expect(phases).toEqual([phase, phase]);
  });

  git("takes an annotated tag for the commit that it stands for", async () => {
    const { pin, sync } = await checkoutRig({ annotated: true });
    expect((await sync()).commit).toBe(pin.commit);
  });

  git("two at once make one checkout", async () => {
    const { pin, sync } = await checkoutRig();
    const both = await Promise.all([sync(), sync()]);
    expect(both.map(({ commit }) => commit)).toEqual([pin.commit, pin.commit]);
    expect(both.filter(({ fetched }) => fetched).length).toBe(1);
  });

  git("a branch of the tag's name is not the tag", async () => {
    const { origin, pin, sync } = await checkoutRig();
    await testGit(origin.path, "tag", "--delete", tag);
    await testGit(origin.path, "branch", tag, pin.commit);
    expect((await failure(sync())).code).toBe("PIGEN_TAG_MISSING");
  });
});

describe("a later sync", () => {
  git("of another tag with the same commit asks the source for that tag, once", async () => {
    const { origin, pin, sync } = await checkoutRig();
    await sync();
    const other = { ...pin, tag: "2026-02-02-raspios-bookworm-arm64" };
    expect((await failure(sync(other))).code).toBe("PIGEN_TAG_MISSING");
    await testGit(origin.path, "tag", other.tag, pin.commit);
    expect(await sync(other)).toMatchObject({ commit: pin.commit, fetched: false });
    await rename(origin.path, `${origin.path} moved away`);
    expect(await sync(other)).toMatchObject({ commit: pin.commit, fetched: false });
    await rename(`${origin.path} moved away`, origin.path);
  });

  git("needs no source, and says that nothing was fetched", async () => {
    const { origin, pin, sync } = await checkoutRig();
    await sync();
    await rename(origin.path, `${origin.path} moved away`);
    expect(await sync()).toMatchObject({ commit: pin.commit, fetched: false });
    await rename(`${origin.path} moved away`, origin.path);
  });

  git("brings another pin's commit beside the first", async () => {
    const { workspace, origin, pin, sync } = await checkoutRig();
    await sync();
    const next = "2026-02-02-raspios-bookworm-arm64";
    const commit = await origin.tag(next);
    const moved = { ...pinOf({ PI_GEN_TAG: next, PI_GEN_COMMIT: commit }), repo: origin.path };
    expect((await sync(moved)).fetched).toBe(true);
    expect(existsSync(checkoutPath(workspace, pin.commit))).toBe(true);
  });

  git("what a killed one left half-made is removed", async () => {
    const { workspace, pin, sync } = await checkoutRig();
    await mkdir(join(workspace, ".pibuild/pi-gen/new/.git"), { recursive: true });
    await writeFile(join(workspace, ".pibuild/pi-gen/new/build.sh"), "half");
    expect((await sync()).commit).toBe(pin.commit);
    expect(existsSync(join(workspace, ".pibuild/pi-gen/new"))).toBe(false);
  });
});
