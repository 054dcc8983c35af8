import { chown, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { createExec, type Exec } from "@pibuild/core";
import { needs, testGit } from "@pibuild/test-kit";
import { describe, expect } from "vitest";
import { newerTags } from "../src/newer-tags.ts";
import { syncCheckout } from "../src/sync-checkout.ts";
import { checkoutRig, failure, tag } from "./checkout-rig.ts";

const git = needs("git", "flock");
const elsewhere = "https://pi-gen.invalid/pi-gen";

describe("the source", () => {
  git("PI_GEN_SOURCE is a clone", async () => {
    const { origin, pin, sync } = await checkoutRig();
    const { fetched } = await sync({ ...pin, repo: elsewhere }, { PI_GEN_SOURCE: origin.path });
    expect(fetched).toBe(true);
  });

  git("PI_GEN_SOURCE is a bare mirror, by its path from the workspace on", async () => {
    const { workspace, origin, pin, sync } = await checkoutRig();
    await rename(await origin.mirror(), join(workspace, "pi-gen mirror"));
    const env = { PI_GEN_SOURCE: "pi-gen mirror" };
    expect((await sync({ ...pin, repo: elsewhere }, env)).fetched).toBe(true);
  });

  git("PI_GEN_SOURCE is an address", async () => {
    const { origin, pin, sync } = await checkoutRig();
    const env = { PI_GEN_SOURCE: `file://${origin.path.replaceAll(" ", "%20")}` };
    expect((await sync({ ...pin, repo: elsewhere }, env)).fetched).toBe(true);
  });

  git("PI_GEN_SOURCE is another workspace's checkout", async () => {
    const { path } = await (await checkoutRig()).sync();
    const other = await checkoutRig();
    const commit = await testGit(path, "rev-parse", "HEAD");
    const pin = { ...other.pin, repo: elsewhere, commit };
    expect((await other.sync(pin, { PI_GEN_SOURCE: path })).fetched).toBe(true);
  });

  needs(
    "git",
    "flock",
    "root",
  )("PI_GEN_SOURCE is another user's", async () => {
    const { origin, pin, sync } = await checkoutRig();
    const mirror = await origin.mirror();
    for (const name of ["", ...(await readdir(mirror, { recursive: true }))]) {
      await chown(join(mirror, name), 4321, 4321);
    }
    for (const source of [mirror, `file://${mirror}`]) {
      const env = { PI_GEN_SOURCE: source };
      const tags = await newerTags("/nowhere", pin, { exec: createExec(), env });
      expect(tags.newer).toEqual([]);
    }
    expect((await sync({ ...pin, repo: elsewhere }, { PI_GEN_SOURCE: mirror })).fetched).toBe(true);
  });

  git("one that cannot be read is named with what names it, and git's own words", async () => {
    const { workspace, pin, sync } = await checkoutRig();
    const error = await failure(sync(pin, { PI_GEN_SOURCE: "nowhere" }));
    expect(error.code).toBe("PIGEN_UNREACHABLE");
    expect(error.data).toMatchObject({
      place: join(workspace, "nowhere"),
      namedBy: "PI_GEN_SOURCE",
      failure: { exitCode: 128, tail: expect.arrayContaining([expect.stringContaining("fatal")]) },
    });
  });

  git("credentials in its address reach no error", async () => {
    const { pin, sync } = await checkoutRig();
    const error = await failure(sync({ ...pin, repo: "https://me:s3cret@127.0.0.1:1/pi-gen" }));
    expect(JSON.stringify(error.data)).toContain("https://***@127.0.0.1:1/pi-gen");
    expect(JSON.stringify(error.data)).not.toContain("s3cret");
  });
});

describe("what is not the pin is refused, and nothing is left", () => {
  git("a tag that moved: both commits are named", async () => {
    const { workspace, origin, pin, sync } = await checkoutRig();
    const found = await origin.tag(tag);
    const error = await failure(sync());
    expect([error.code, error.exitCode]).toEqual(["PIGEN_TAG_MOVED", 5]);
    expect(error.data).toMatchObject({ tag, pinned: pin.commit, found });
    expect(error.message).toContain(pin.commit);
    expect(error.message).toContain(found);
    expect(await readdir(join(workspace, ".pibuild/pi-gen"))).toEqual(["lock"]);
  });

  git("a tag that moves between the question and the fetch", async () => {
    const { workspace, origin, pin } = await checkoutRig();
    const real = createExec();
    const exec: Exec = {
      async run(command) {
        if (command.args.includes("fetch")) await origin.tag(tag);
        return real.run(command);
      },
    };
    const error = await failure(syncCheckout(workspace, pin, { exec, env: {} }));
    expect(error.code).toBe("PIGEN_TAG_MOVED");
    expect(await readdir(join(workspace, ".pibuild/pi-gen"))).toEqual(["lock"]);
  });

  git("a tag that the source does not have", async () => {
    const { pin, sync } = await checkoutRig();
    const error = await failure(sync({ ...pin, tag: "2026-01-01-raspios-bookworm" }));
    expect(error.code).toBe("PIGEN_TAG_MISSING");
  });

  git("a repository of something else", async () => {
    const { workspace, origin, pin, sync } = await checkoutRig();
    const files = { "build.sh": "", "scripts/other": "", stage0: "a file" };
    const commit = await origin.tag("other", { files });
    const error = await failure(sync({ ...pin, tag: "other", commit }));
    expect([error.code, error.exitCode]).toEqual(["PIGEN_INVALID", 3]);
    expect(error.data).toMatchObject({ missing: ["scripts/common", "stage0"] });
    expect(await readdir(join(workspace, ".pibuild/pi-gen"))).toEqual(["lock"]);
  });
});
