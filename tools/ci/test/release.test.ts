import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createExec, sha256 } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { createCiRig } from "./ci-rig.ts";

const pin = "tools/sd-provision/pi-gen-pin.env";

describe("a tag", () => {
  const check = async (tag: string, pinText: string | undefined = "PI_GEN_TAG=some-tag\n") => {
    await using rig = await createCiRig();
    if (pinText !== undefined) await rig.write({ [pin]: pinText });
    const { exitCode, stdout, stderr } = await rig.run("check-release.sh", [tag, rig.path]);
    return { exitCode, text: stdout + stderr };
  };

  test.each(["v0.2.0", "v0.2.0-rc1", "v1.10.0-rc.2", "v1.0.0-0a"])(
    "%s is a version",
    async (tag) => {
      const { exitCode, text } = await check(tag);
      expect(text).toBe(`${tag} may be released, with pi-gen some-tag`);
      expect(exitCode).toBe(0);
    },
  );

  test.each([
    "v0.2",
    "0.2.0",
    "v01.2.0",
    "v0.2.0-",
    "v0.2.0-rc..1",
    "v0.2.0-01",
    "v0.2.0+4",
    "v0.2.0;id",
    "v0.2.0 ",
  ])("`%s` is none, and nothing is built", async (tag) => {
    const { exitCode, text } = await check(tag);
    expect(text).toBe(
      `error: the tag \`${tag}\` is no version\n\nhint: tag the commit as \`v0.2.0\`, or \`v0.2.0-rc1\` for a candidate, and delete this tag: \`git push --delete origin '${tag}'\``,
    );
    expect(exitCode).toBe(2);
  });

  test("without a pin is no release", async () => {
    await using rig = await createCiRig();
    const { exitCode, stderr } = await rig.run("check-release.sh", ["v0.2.0", rig.path]);
    expect(stderr).toBe(
      `error: the pin is missing: \`${pin}\` does not exist\n\nhint: a release is built from a pin that a board has proved: commit one, and tag that commit`,
    );
    expect(exitCode).toBe(3);
  });

  test("with a pin that names no pi-gen is no release", async () => {
    const { exitCode, text } = await check("v0.2.0", "PI_GEN_TAG=\n");
    expect(text).toContain("has no PI_GEN_TAG");
    expect(exitCode).toBe(3);
  });
});

/** What tools/ci/release-image.sh leaves. */
async function released(directory: string, content = "a disk"): Promise<void> {
  const xz = join(directory, "kn86-v0.2.0.img.xz");
  const raw = join(directory, "kn86-v0.2.0.img");
  await mkdir(directory, { recursive: true });
  await writeFile(raw, content);
  await createExec().run({ program: "xz", args: ["--quiet", raw] });
  const sums = [
    `${sha256(content)}  kn86-v0.2.0.img`,
    `${sha256(await readFile(xz))}  kn86-v0.2.0.img.xz`,
  ];
  await writeFile(join(directory, "kn86-v0.2.0.SHA256SUMS"), `${sums.join("\n")}\n`);
}

needs("xz")(
  "a release is refused where a byte is another, or a builder made another image",
  async () => {
    await using rig = await createCiRig();
    const [amd64, arm64] = ["build/amd64", "build/arm64"];
    await released(join(rig.path, amd64));
    await cp(join(rig.path, amd64), join(rig.path, arm64), { recursive: true });
    const verify = () => rig.run("verify-release.sh", [amd64, arm64]);
    expect((await verify()).exitCode).toBe(0);

    const file = join(rig.path, arm64, "kn86-v0.2.0.img.xz");
    const good = await readFile(file);
    await writeFile(file, Buffer.concat([good, Buffer.alloc(4)]));
    const padded = await verify();
    expect(padded.stderr).toContain(
      "error: a file differs from `build/arm64/kn86-v0.2.0.SHA256SUMS`",
    );
    expect(padded.exitCode).toBe(7);

    await rm(join(rig.path, arm64), { recursive: true });
    await released(join(rig.path, arm64), "another disk");
    const other = await verify();
    expect(other.stderr).toContain("`build/amd64` and `build/arm64` hold different bytes");
    expect(other.exitCode).toBe(7);

    const none = await rig.run("verify-release.sh", ["build"]);
    expect(none.stderr).toContain("error: `build` has no checksums");
  },
);

describe("the assets of a release", () => {
  /** In the place of GitHub: it notes how it is called, and knows the releases that it is told. */
  const gh = (known: string) =>
    `#!/bin/bash\necho "$*" >>"\${GH_CALLS}"\n[ "$1 $2" != "release view" ] || [ "$3" = "${known}" ]\n`;
  const upload = async (tag: string, known: string) => {
    await using rig = await createCiRig();
    const files = [
      "kn86-x.img.xz",
      "kn86-x.SHA256SUMS",
      "kn86-x.kn86fw",
      "kn86-x.img",
      "notes.txt",
    ];
    await rig.write({ "bin/gh": gh(known) });
    for (const name of files) await rig.write({ [`out/${name}`]: name });
    const env = { GITHUB_REPOSITORY: "me/own", GH_CALLS: join(rig.path, "calls") };
    const { exitCode, stderr } = await rig.run("upload-release.sh", [tag, "out"], env);
    expect(exitCode, stderr).toBe(0);
    return (await readFile(join(rig.path, "calls"), "utf8")).trim().split("\n");
  };

  test("go to this repository's own release, which is made where there is none", async () => {
    expect(await upload("v0.2.0", "none")).toEqual([
      "release view v0.2.0 --repo me/own",
      "release create v0.2.0 --repo me/own --verify-tag --generate-notes",
      "release upload v0.2.0 out/kn86-x.img.xz out/kn86-x.kn86fw out/kn86-x.SHA256SUMS --repo me/own --clobber",
    ]);
  });

  test("of a candidate are a prerelease's, and one that is there is kept", async () => {
    expect((await upload("v0.2.0-rc1", "none"))[1]).toContain("--prerelease");
    expect((await upload("v0.2.0", "v0.2.0")).map((call) => call.split(" ")[1])).toEqual([
      "view",
      "upload",
    ]);
  });
});
