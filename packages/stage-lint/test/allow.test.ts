import { describe, expect, test } from "vitest";
import { lintList, lintScript, lintStage, plain, prerun } from "./lint-rig.ts";

const allow = "# pibuild: allow HOST_TOUCHED the builder's own file";

describe("a comment allows a finding", () => {
  test.for([
    ["on its line", `rm /etc/a ${allow}`],
    ["on the line above", `${allow}\nrm /etc/a`],
    ["among the comments right above", `${allow}\n# Which the next step makes.\nrm /etc/a`],
    ["above the first line of its command", `${allow}\nrm \\\n\t/etc/a`],
    ["behind the word of a here-document", `cat >/etc/a <<EOF ${allow}\nx\nEOF`],
  ])("%s", async ([, text = ""]) => {
    expect(await lintScript(text)).toEqual([]);
  });

  test("about a whole file, anywhere in it", async () => {
    const text = `${plain}# pibuild: allow NAME_NEVER_RUNS a person runs it\n`;
    expect(await lintStage({ "00-a/run.sh": text })).toEqual([]);
    expect(await lintStage({ "00-a/0-packages": text })).toEqual([]);
  });

  test("about a directory, in the stage's prerun.sh", async () => {
    const text = `${prerun}# pibuild: allow PATCHES_WITHOUT_SERIES made by 00-run.sh\n`;
    expect(await lintStage({ "prerun.sh": text, "00-a/01-patches/x.diff": "" })).toEqual([]);
  });
});

describe("a comment does not allow", () => {
  test("what stands on another line", async () => {
    const apart = `${allow}\ntrue\nrm /etc/a`;
    expect(await lintScript(apart)).toEqual(["2:1 ALLOW_IDLE", "4:4 HOST_TOUCHED"]);
  });

  test("what stands below the line that it is behind", async () => {
    expect(await lintScript(`rm /etc/a ${allow}\nrm /etc/b`)).toEqual(["3:4 HOST_TOUCHED"]);
  });

  test("another code", async () => {
    const found = await lintScript("# pibuild: allow NO_SHEBANG it has one\nrm /etc/a");
    expect(found).toEqual(["2:1 ALLOW_IDLE", "3:4 HOST_TOUCHED"]);
  });

  test.for([
    "# pibuild: allow HOST_TOUCHED",
    "# pibuild: allow HOST_TUOCHED why",
    "#pibuild:allow",
  ])("anything where it is `%s`", async (comment) => {
    expect(await lintScript(`${comment}\nrm /etc/a`)).toEqual([
      "2:1 ALLOW_UNUSABLE",
      "3:4 HOST_TOUCHED",
    ]);
  });
});

describe("a comment that silences nothing", () => {
  test("is found", async () => {
    expect(await lintScript(`true ${allow}`)).toEqual(["2:6 ALLOW_IDLE"]);
  });

  test("is fine for a code of shellcheck's, which did not run", async () => {
    expect(await lintScript("# pibuild: allow SC2086 words\necho $x")).toEqual([]);
  });

  test("is fine for what only some lists are guilty of", async () => {
    const text = `${prerun}# pibuild: allow NO_EXPORT_IMAGE stage3 has it\n`;
    const files = { "stage1/prerun.sh": text, "stage2/EXPORT_IMAGE": "" };
    expect(await lintList(["stage1", "stage2"], files)).toEqual([]);
  });
});
