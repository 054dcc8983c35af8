import { createExec } from "@pibuild/core";
import { formatLock } from "@pibuild/mirrors";
import { createRig, needs } from "@pibuild/test-kit";
import { expect } from "vitest";
import { lockOfRevision } from "../src/lock/lock-of-revision.ts";

needs("git")(
  "the lock of a revision is that commit's, and what is no revision says so",
  async () => {
    await using rig = await createRig();
    const exec = createExec();
    const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    const git = (...args: string[]) =>
      exec.run({ program: "git", args: ["-C", rig.path, ...identity, ...args] });
    const image = { directory: `${rig.path}/apps/t` };
    await git("init", "--quiet");
    for (const release of ["bookworm", "trixie"]) {
      const lock = { image: "t", release, architecture: "arm64", releases: [], packages: [] };
      await rig.write({ "apps/t/pibuild.lock": formatLock(lock) });
      await git("add", "apps/t/pibuild.lock");
      await git("commit", "--quiet", "--message", release);
    }
    expect(await lockOfRevision(exec, image, "HEAD~1")).toMatchObject({ release: "bookworm" });
    expect(await lockOfRevision(exec, image, "HEAD")).toMatchObject({ release: "trixie" });
    for (const none of ["none", "--help"])
      await expect(lockOfRevision(exec, image, none)).rejects.toMatchObject({ code: "USAGE" });
  },
);
