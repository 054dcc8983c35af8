import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { describe, expect } from "vitest";
import { createContract, onSteps } from "./contract-stages.ts";

const note = (text: string) => `#!/bin/bash -e\necho "${text}" >"\${ROOTFS_DIR}/seen"\n`;

const stage = {
  "00-none/00-run.sh": note("nothing"),
  "01-name/00-run.sh": `#!/bin/bash -e\n: "\${TARGET_HOSTNAME}"\n`,
  "02-function/00-run.sh": "#!/bin/bash -e\nupdate_issue lite\n",
  "03-all/00-run.sh": "#!/bin/bash -e\nenv >/dev/null\n",
  "04-packages/00-packages": `linux-image-\${RELEASE}\n`,
  "05-last/00-run.sh": note("last"),
};

describe("settings and what they cost", () => {
  onSteps("a changed one executes again the steps that name it, or enumerate all", async () => {
    await using contract = await createContract({ s: stage });
    expect((await contract.build()).executed).toHaveLength(7);
    const host = await contract.build(undefined, { TARGET_HOSTNAME: "tock" });
    expect(host.executed).toEqual(["s/01-name", "s/03-all"]);
    const date = await contract.build(undefined, { WPA_COUNTRY: "GB" });
    expect(date.executed).toEqual(["s/03-all"]);
  });

  onSteps("a changed one is seen through the functions that a step calls", async () => {
    await using contract = await createContract({ s: stage });
    expect((await contract.build()).executed).toHaveLength(7);
    const yaml = join(contract.rig.path, "apps/t/image.yaml");
    const text = await readFile(yaml, "utf8");
    await writeFile(yaml, `${text}settings: { PI_GEN: mine }\n`);
    const run = await contract.build();
    expect(run.executed).toEqual(["s/02-function", "s/03-all", "s/04-packages", "s/05-last"]);
  });

  onSteps(
    "a step that reads outside its stage always runs; its layer decides on the rest",
    async () => {
      await using contract = await createContract({
        u: {
          "00-reads/00-run.sh": `#!/bin/bash -e\ncat "\${BASE_DIR}/outside" >"\${ROOTFS_DIR}/seen"\n`,
          "01-after/00-run.sh": `#!/bin/bash -e\ncat "\${ROOTFS_DIR}/seen"\n`,
        },
      });
      await contract.rig.write({ outside: "one\n" });
      expect((await contract.build()).executed).toEqual([
        "base/prerun",
        "u/00-reads",
        "u/01-after",
      ]);
      const again = await contract.build();
      expect(again).toMatchObject({
        executed: ["u/00-reads"],
        cached: ["base/prerun", "u/01-after"],
      });
      await contract.rig.write({ outside: "two\n" });
      expect((await contract.build()).executed).toEqual(["u/00-reads", "u/01-after"]);
    },
  );

  onSteps("in one build it runs once, for all targets; in the next one again", async () => {
    await using contract = await createContract({
      u: {
        "00-now/00-run.sh": `#!/bin/bash -e\n: "\${BASE_DIR}"\ndate +%N >"\${ROOTFS_DIR}/seen"\n`,
      },
      v: { "00-after/00-run.sh": note("after") },
    });
    const first = { PIBUILD_BUILD: "first" };
    expect((await contract.build("u", first)).executed).toEqual(["base/prerun", "u/00-now"]);
    const seen = await contract.seen("u/00-now");
    expect((await contract.build("v", first)).executed).toEqual(["v/00-after"]);
    expect(await contract.seen("u/00-now")).toEqual(seen);
    const next = await contract.build("v", { PIBUILD_BUILD: "next" });
    expect(next.executed).toEqual(["u/00-now", "v/00-after"]);
  });

  onSteps("what git says of the workspace costs only the steps that name it", async () => {
    await using contract = await createContract({
      g: {
        "00-other/00-run.sh": note("other"),
        "01-id/00-run.sh": note("${GIT_DESCRIBE:-outside of git}"),
      },
    });
    const seen = () => contract.seen("g/01-id");
    expect((await contract.build()).executed).toContain("g/01-id");
    expect(await seen()).toEqual(["outside of git"]);
    const git = async (...args: readonly string[]) => {
      const as = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
      await createExec().run({ program: "git", args: ["-C", contract.rig.path, ...as, ...args] });
    };
    await git("init", "--quiet");
    await git("add", "apps", "stages");
    await git("commit", "--quiet", "--message", "first");
    await git("tag", "v1.2.0");
    expect((await contract.build()).executed).toEqual(["g/01-id"]);
    expect(await seen()).toEqual(["v1.2.0"]);
    await git("commit", "--quiet", "--allow-empty", "--message", "second");
    expect((await contract.build()).executed).toEqual(["g/01-id"]);
    expect(await seen()).toEqual([expect.stringMatching(/^v1\.2\.0-1-g[0-9a-f]{12}$/)]);
    await contract.rig.write({ "apps/t/notes": "one\n" });
    await git("add", "apps/t/notes");
    expect((await contract.build()).executed).toEqual(["g/01-id"]);
    expect(await seen()).toEqual([expect.stringMatching(/-dirty$/)]);
  });

  onSteps("a secret changes the fingerprint, and stands in no record, event or log", async () => {
    const secret = "correct horse battery";
    await using contract = await createContract({
      p: { "00-user/00-run.sh": `#!/bin/bash -e\necho "password: \${FIRST_USER_PASS}"\n` },
    });
    const env = { FIRST_USER_PASS: secret };
    const run = await contract.build(undefined, env);
    expect(run.executed).toEqual(["base/prerun", "p/00-user"]);
    expect((await contract.build(undefined, env)).executed).toEqual([]);
    const other = await contract.build(undefined, { FIRST_USER_PASS: `${secret} staple` });
    expect(other.executed).toEqual(["p/00-user"]);
    const log = join(contract.rig.path, ".pibuild/logs/t/p--00-user.log");
    expect(await readFile(log, "utf8")).toContain("password: ***");
    expect(await filesWith(join(contract.rig.path, ".."), secret)).toEqual([]);
    expect(run.stdout + run.stderr).not.toContain(secret);
  });
});

/** The files below a directory that hold a text. */
async function filesWith(directory: string, text: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(paths.map(async (path) => (await readFile(path)).includes(text)));
  return paths.filter((_path, index) => found[index]);
}
