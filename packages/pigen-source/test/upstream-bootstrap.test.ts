import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRig, type Rig, writeStandInPiGen } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const debianBase = fileURLToPath(new URL("../../../stages/debian-base", import.meta.url));
const ours = `#!/bin/bash -e
if [ ! -d "\${ROOTFS_DIR}" ]; then
	bootstrap "\${RELEASE}" "\${ROOTFS_DIR}" --include=apt,init
fi
`;
const theirs = `bootstrap \${RELEASE} "\${ROOTFS_DIR}" http://mirror.example.org/debian/\n`;

async function rigWith(stages: string, files: Record<string, string> = {}): Promise<Rig> {
  const rig = await createRig();
  await writeStandInPiGen(rig);
  await rig.write({
    "apps/t/image.yaml": `stages: [${stages}]\n`,
    "stages/own/prerun.sh": ours,
    "stages/export/.keep": "",
    "stages/partitions/.keep": "",
    ...files,
  });
  return rig;
}

const environment = (rig: Rig) => ({ PIGEN_DIR: join(rig.path, "../pi-gen") });
const upstream = (rig: Rig) =>
  rig.pibuild(["build", "t", "--runner", "upstream"], environment(rig));

test("build.sh is not given a stage whose bootstrap only ours knows", async () => {
  await using rig = await rigWith("stages/own");
  const { exitCode, stderr } = await upstream(rig);
  expect(exitCode).toBe(3);
  expect(stderr.trim()).toMatchInlineSnapshot(`
    "error: \`bootstrap\` gets \`--include\`, an option of mmdebstrap: pi-gen's own \`bootstrap\` runs debootstrap, and would take it for the mirror's address
      at stages/own/prerun.sh:3:2
         	bootstrap "\${RELEASE}" "\${ROOTFS_DIR}" --include=apt,init
         	~~~~~~~~~
    hint: leave \`--runner upstream\` out, or let the image begin with \`pi-gen/stage0\`"
  `);
});

test("build.sh is not given stages/debian-base", async () => {
  await using rig = await rigWith("stages/debian-base");
  await cp(debianBase, join(rig.path, "stages/debian-base"), { recursive: true });
  const { exitCode, stderr } = await upstream(rig);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("at stages/debian-base/prerun.sh:");
});

test("a plan with pi-gen's functions refuses it where it begins the image, and only there", async () => {
  await using rig = await rigWith("stages/own, pi-gen/stage0");
  const begins = await rig.pibuild(["plan", "t"], environment(rig));
  expect(begins.exitCode).toBe(3);
  expect(begins.stderr).toContain("at stages/own/prerun.sh:3:2");
  expect(begins.stderr).toContain("hint: let the image begin with `pi-gen/stage0`");
  await rig.write({ "apps/t/image.yaml": "stages: [pi-gen/stage0, stages/own]\n" });
  expect((await rig.pibuild(["plan", "t"], environment(rig))).exitCode).toBe(0);
  await rig.write({ "apps/t/image.yaml": "stages: [stages/own]\n" });
  expect((await rig.pibuild(["plan", "t"])).exitCode).toBe(0);
});

test.each([
  ["pi-gen's own way to call it", `#!/bin/bash -e\n${theirs}`],
  ["a call for each of them", `${ours}${theirs}`],
  ["a call in a here-document", "#!/bin/bash -e\ncat << EOF\nbootstrap a b --include=c\nEOF\n"],
])("%s is let through", async (_name, script) => {
  await using rig = await rigWith("stages/own, pi-gen/stage0", { "stages/own/prerun.sh": script });
  expect(await rig.pibuild(["plan", "t"], environment(rig))).toMatchObject({ exitCode: 0 });
});
