import { createRig } from "@pibuild/test-kit";
import { expect, test } from "vitest";
import { readNeeded } from "../../src/doctor/needed.ts";

const settings = "settings: { APT_MIRROR: 'http://m.example/debian', APT_PROXY: 'http://p:3142' }";
const files = {
  "apps/lite/image.yaml": `stages: [pi-gen/stage0, pi-gen/stage2]\nrelease: trixie\n${settings}\n`,
  "apps/desk/image.yaml": "stages: [pi-gen/stage0, pi-gen/stage3]\n",
  "apps/own/image.yaml": "stages: [stages/base, stages/stage10]\n",
  "apps/bad/image.yaml": "stages: 3\n",
};

test("what images need is read from their files, though no stage of them is here", async () => {
  await using rig = await createRig();
  await rig.write(files);
  const options = { workspace: rig.path, upstream: false, env: {} };
  const { images, unreadable } = await readNeeded({ ...options, image: undefined });
  expect(images.map(({ name, piGen, desktop }) => ({ name, piGen, desktop }))).toEqual([
    { name: "desk", piGen: true, desktop: true },
    { name: "lite", piGen: true, desktop: false },
    { name: "own", piGen: false, desktop: true },
  ]);
  expect(images[1]).toMatchObject({
    ...{
      release: "trixie",
      arch: "arm64",
      mirror: "http://m.example/debian",
      proxy: "http://p:3142",
    },
  });
  expect(unreadable).toEqual([{ name: "bad", why: expect.stringContaining("bad/image.yaml:1:9") }]);
  expect((await readNeeded({ ...options, image: "own" })).images).toHaveLength(1);
});

test("an image that is named and has mistakes is an error", async () => {
  await using rig = await createRig();
  await rig.write(files);
  const options = { workspace: rig.path, upstream: false, env: {} };
  await expect(readNeeded({ ...options, image: "bad" })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
});
