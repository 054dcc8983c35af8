import { existsSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createCiRig } from "./ci-rig.ts";

test("a disk is freed on GitHub's own machines, and on no other", async () => {
  await using rig = await createCiRig();
  await rig.write({ "usr/share/dotnet/sdk": "", "usr/share/doc/kept": "" });
  const freed = (where: string) =>
    rig.run("free-disk.sh", [rig.path], { RUNNER_ENVIRONMENT: where });
  await freed("self-hosted");
  expect(existsSync(join(rig.path, "usr/share/dotnet/sdk"))).toBe(true);
  await freed("github-hosted");
  expect(existsSync(join(rig.path, "usr/share/dotnet"))).toBe(false);
  expect(existsSync(join(rig.path, "usr/share/doc/kept"))).toBe(true);
});

/** In the place of pibuild: it notes its variables and arguments, and prints what a build does. */
const pibuild = (json: object | string, exitCode = 0) => `#!/bin/bash
{ echo "$*"; env | grep ^PIBUILD_CACHE | sort; } >>calls
[ "$1" != build ] || { cat <<'END'
${typeof json === "string" ? json : JSON.stringify(json)}
END
exit ${exitCode}; }
`;
const built = {
  ...{ schema: 1, image: "kiosk", durationMs: 61_000, fresh: false, phases: [] },
  steps: [
    { step: "base/prerun", outcome: "cached", durationMs: 0 },
    { step: "kiosk/00-screen", outcome: "ran", durationMs: 1234 },
  ],
  artifacts: [{ path: "/w/dist/kiosk/kiosk.img.xz", bytes: 3 * 1024 ** 2, sha256: "ab12" }],
};

describe("the action", () => {
  const act = async (env: Record<string, string>, program = pibuild(built)) => {
    await using rig = await createCiRig();
    // What is installed already is not fetched.
    await rig.write({
      "node_modules/.bin/pibuild": program,
      "bin/npx": '#!/bin/bash\nexec bash "node_modules/.bin/$1" "${@:2}"\n',
      "bin/npm": "#!/bin/bash\nexit 1\n",
    });
    await chmod(join(rig.path, "node_modules/.bin/pibuild"), 0o755);
    const [GITHUB_OUTPUT, GITHUB_STEP_SUMMARY] = ["output", "summary"].map((name) =>
      join(rig.path, name),
    ) as [string, string];
    const given = { ...env, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY };
    const text = (name: string) => readFile(join(rig.path, name), "utf8").catch(() => "");
    const prepared = await rig.run("action/prepare.sh", [], given);
    const [, image = ""] = /^image=(.*)$/m.exec(await text("output")) ?? [];
    const done =
      prepared.exitCode === 0
        ? await rig.run("action/build.sh", [], { ...given, PIBUILD_ACTION_IMAGE: image })
        : prepared;
    return {
      exitCode: done.exitCode,
      stderr: done.stderr,
      output: await text("output"),
      summary: await text("summary"),
      calls: await text("calls"),
      yaml: await text("apps/action/image.yaml"),
    };
  };

  test("builds an image, and tells its steps, hits and sizes", async () => {
    const { exitCode, output, summary } = await act({ PIBUILD_ACTION_IMAGE: "kiosk" });
    expect(exitCode).toBe(0);
    expect(output).toBe("image=kiosk\ndirectory=dist/kiosk\n");
    expect(summary).toBe(`## \`kiosk\` is built (1 min)

2 steps, 1 of them from the cache.

| step |  | time |
| --- | --- | --- |
| \`kiosk/00-screen\` | ran | 1.2 s |

| file | MiB | sha256 |
| --- | --- | --- |
| \`kiosk.img.xz\` | 3.0 | \`ab12\` |
`);
  });

  test("makes an image of stages", async () => {
    const { output, yaml } = await act({
      PIBUILD_ACTION_STAGES: "stages/debian-base\nstages/it's",
    });
    expect(yaml).toBe("stages:\n  - 'stages/debian-base'\n  - 'stages/it''s'\n");
    expect(output).toContain("image=action\n");
  });

  test("hands on the cache, under names that a registry takes", async () => {
    const cache = {
      PIBUILD_ACTION_CACHE: "ghcr.io/Me/Own/cache",
      PIBUILD_ACTION_SCOPE: "Feature/One_",
    };
    const { calls } = await act({
      PIBUILD_ACTION_IMAGE: "kiosk",
      ...cache,
      PIBUILD_CACHE_SIGN_KEY: "",
    });
    expect(calls).toContain(
      "build kiosk --json\nPIBUILD_CACHE_REGISTRY=ghcr.io/me/own/cache\nPIBUILD_CACHE_SCOPE=feature-one\nPIBUILD_CACHE_WRITE=true\n",
    );
    expect(calls).not.toContain("SIGN_KEY");
  });

  test("fails as the build fails, and says why in the summary", async () => {
    const error = { code: "STEP_FAILED", exitCode: 6, message: "error: step failed" };
    const failed = await act({ PIBUILD_ACTION_IMAGE: "kiosk" }, pibuild({ ...built, error }, 6));
    expect(failed.exitCode).toBe(6);
    expect(failed.summary).toContain("## `kiosk` failed (1 min)");
    expect(failed.summary).toContain("```\nerror: step failed\n```");
    const nothing = await act({ PIBUILD_ACTION_IMAGE: "kiosk" }, pibuild("", 2));
    expect(nothing.exitCode).toBe(2);
    expect(nothing.summary).toBe("## The build did not begin\n\nIts log says why.\n");
  });

  test("wants an image or stages, and not both", async () => {
    expect((await act({})).stderr).toContain("error: neither `image` nor `stages` is given");
    const both = await act({ PIBUILD_ACTION_IMAGE: "a", PIBUILD_ACTION_STAGES: "stages/b" });
    expect(both.stderr).toContain("error: `image` and `stages` are both given");
    expect(both.exitCode).toBe(2);
  });
});
