import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, programsFor, removeTree } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { commandsOf, type Row, runCommand, writeFiles } from "./job.ts";
import { smallImage } from "./small-image.ts";
import { repository, workflows } from "./workflow-files.ts";

const it = needs("root", "npm", "git", ...programsFor("steps"), ...programsFor("disk"));

/** What a command is given besides, so that it does the same with less. */
const narrowed: Readonly<Record<string, string>> = {
  "tools/ci/as-root.sh npm test": " -- packages/pi-boot/test/readme.test.ts",
  "tools/ci/publish-packages.sh": " --dry-run",
};
/** What needs more than this machine, by name. */
const skipped: Readonly<Record<string, string>> = {
  "nightly.yml proofs: Prove": "pi-gen's repository",
};

/** In the place of Docker: what it would run in a container of Debian, on this machine. */
const docker = `#!/bin/bash
[[ "$*" == "run --rm --privileged --platform=linux/"* ]] || exit 125
while [ "$1" != debian:bookworm ]; do shift; done
shift
exec "$@"
`;
const gh = '#!/bin/bash\necho "$*" >>../gh-calls\n[ "$1 $2" != "release view" ]\n';

/** Of images the small one, and of other rows the first. */
function rowsOf(job: string, rows: readonly Row[]): readonly Row[] {
  const both = rows.slice(0, job === "build" ? 2 : 1);
  return both.map((row) => ("image" in row ? { ...row, image: "small" } : row));
}

describe("in a clean clone, with the environment of a runner", () => {
  let here: string;
  let clone: string;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    here = await mkdtemp("/var/tmp/pibuild-workflows-");
    clone = join(here, "clone");
    const exec = createExec();
    await exec.run({ program: "git", args: ["clone", "--quiet", repository, clone] });
    await writeFiles(here, { "bin/docker": docker, "bin/gh": gh });
    const { HOME = "/root", PIBUILD_CACHE = join(HOME, ".cache/pibuild") } = process.env;
    const callers = Object.entries(process.env).filter(([key]) =>
      /^(npm_|.*proxy$|.*CERT)/i.test(key),
    );
    env = {
      ...(Object.fromEntries(callers) as Record<string, string>),
      ...{ HOME, PIBUILD_CACHE, PIBUILD_STORE: join(here, "store"), PIBUILD_TWIN: "0" },
    };
  });
  afterAll(() => removeTree(here));

  for (const workflow of workflows()) {
    for (const { name, command } of commandsOf(workflow, rowsOf)) {
      const why = skipped[name];
      it(why === undefined ? name : `${name} (needs ${why})`, async (context) => {
        if (why !== undefined) return context.skip();
        // One more image would be a row of pages that the check finds out of date.
        if (command === "npm run check") await removeTree(join(clone, "apps/small"));
        else await writeFiles(clone, smallImage);
        const whole = command + (narrowed[command] ?? "");
        const { exitCode, stdout, stderr } = await runCommand(clone, whole, env);
        expect(exitCode, `${stdout}\n${stderr}`.slice(-4000)).toBe(0);
      });
    }
  }

  it("a release's assets are the small image's, and go nowhere else", async () => {
    const calls = await readFile(join(here, "gh-calls"), "utf8");
    expect(calls.split("\n").at(-2)).toBe(
      "release upload v0.2.0-rc1 build/amd64/small-v0.2.0-rc1.img.xz build/amd64/small-v0.2.0-rc1.bmap build/amd64/small-v0.2.0-rc1.SHA256SUMS --repo me/own --clobber",
    );
    expect(await readFile(join(here, "summary"), "utf8")).toMatch(/^## `small` is built/m);
  });
});
