import { scratchStage } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { lintNames, lintStage } from "./lint-rig.ts";

test("what a step fetches besides packages is found, in the image too, and said with its host", async () => {
  const stage = await scratchStage("stage2", {
    "00-a/00-run.sh": `#!/bin/bash -e
curl -fsSL https://get.example/x -o x
on_chroot << EOF
pip3 install y
EOF
`,
    "00-a/01-run-chroot.sh": "wget http://127.0.0.1:1/x\ngit clone https://code.example/x.git\n",
  });
  const { findings } = await lintNames(stage, ["."], ["shellcheck"]);
  const found = findings.filter(({ code }) => code === "FETCHES_BESIDES");
  expect(found.map(({ line, column, data }) => ({ line, column, ...data }))).toEqual([
    { line: 2, column: 1, command: "curl", host: "get.example" },
    { line: 4, column: 1, command: "pip3 install" },
    { line: 2, column: 1, command: "git clone", host: "code.example" },
  ]);
});

test("it is allowed with a reason, and a file for the image fetches nothing yet", async () => {
  expect(
    await lintStage({
      "00-a/00-run.sh": `#!/bin/bash -e
# pibuild: allow FETCHES_BESIDES its sum is checked below
curl -fsSL https://get.example/x -o x
`,
      "00-a/files/first-boot.sh": "#!/bin/bash -e\ncurl https://get.example/x\n",
    }),
  ).toEqual(expect.not.arrayContaining([expect.stringContaining("FETCHES_BESIDES")]));
});
