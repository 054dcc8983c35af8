import { createRig, type Rig } from "@pibuild/test-kit";
import { expect, test } from "vitest";

const script = "#!/bin/bash -e\ntrue\n";

async function rigSkipping(skip: string): Promise<Rig> {
  const rig = await createRig();
  await rig.write({
    "apps/t/image.yaml": `stages: [stages/one, stages/two]\nexport: stages/export\nskip: ${skip}\n`,
    "stages/one/00-a/00-run.sh": script,
    "stages/one/01-b/00-run.sh": script,
    "stages/two/00-c/00-run.sh": script,
    "stages/export/00-d/00-run.sh": script,
  });
  return rig;
}

test("stages and sub-stages that an image skips are no steps of it, those of its export among them", async () => {
  await using rig = await rigSkipping("[two, one/01-b, export/00-d]");
  const { stdout } = await rig.pibuild(["plan", "t", "--json"]);
  const { steps } = JSON.parse(stdout) as { steps: { step: string }[] };
  expect(steps.map(({ step }) => step)).toEqual(["one/00-a"]);
});

test("one that is not there is refused at its place, with what may have been meant", async () => {
  await using rig = await rigSkipping("[two, one/01-x]");
  const { exitCode, stderr } = await rig.pibuild(["plan", "t"]);
  expect(exitCode).toBe(3);
  expect(stderr.trim()).toMatchInlineSnapshot(`
    "error: no stage and no sub-stage of the image is called \`one/01-x\`
      at apps/t/image.yaml:3:13
         skip: [two, one/01-x]
                     ~~~~~~~~
    hint: did you mean \`one/01-b\`?"
  `);
});
