import { rm } from "node:fs/promises";
import { join } from "node:path";
import { renderError, sha256 } from "@pibuild/core";
import { expect, test } from "vitest";
import { loadImage } from "../src/load-image.ts";
import { failure, scratchWorkspace } from "./scratch-workspace.ts";

const stages = "stages: [stages/debian-base]\n";
const program = sha256("program\n");
const inputs = `inputs:
  nosh: { path: files/nosh, sha256: ${program} }
  pico_uf2:
    path: ../elsewhere.uf2
    sha256: ${sha256("firmware\n")}
`;

async function workspaceWith(yaml: string) {
  const workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", stages + yaml);
  await workspace.write("apps/pi/files/nosh", "program\n");
  await workspace.write("apps/elsewhere.uf2", "firmware\n");
  return workspace;
}

async function errorOf(yaml: string, change: Record<string, string | undefined> = {}) {
  await using workspace = await workspaceWith(yaml);
  for (const [file, text] of Object.entries(change)) {
    if (text === undefined) await rm(join(workspace.path, file));
    else await workspace.write(file, text);
  }
  return `\n${renderError(await failure(loadImage(workspace.path, "pi")))}\n`;
}

test("an input is a file from the image's directory on, and has a variable of its own", async () => {
  await using workspace = await workspaceWith(inputs);
  const image = await loadImage(workspace.path, "pi");
  expect(image.inputs).toMatchObject([
    {
      name: "nosh",
      variable: "INPUT_NOSH",
      path: join(workspace.path, "apps/pi/files/nosh"),
      sha256: program,
    },
    { variable: "INPUT_PICO_UF2", path: join(workspace.path, "apps/elsewhere.uf2") },
  ]);
});

test("an input that is missing, and one that is another file, are told at once", async () => {
  expect(
    await errorOf(inputs, { "apps/pi/files/nosh": "newer\n", "apps/elsewhere.uf2": undefined }),
  ).toMatchInlineSnapshot(`
    "
    error: \`files/nosh\` is not the expected file: its sha256 is \`77e30f34ca80fc7e2683e3953d0701a800862b2290d5617e8e5ef8230999e35f\`
      at apps/pi/image.yaml:3:37
           nosh: { path: files/nosh, sha256: fba13a37a73d657dc0f1e671f0dc714f9891dd4da15ec45bd2a6f83e0434648e }
                                             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    hint: get the file with this sha256; if you mean the new file, write its sha256 here
    error: \`../elsewhere.uf2\` does not exist
      at apps/pi/image.yaml:5:11
             path: ../elsewhere.uf2
                   ~~~~~~~~~~~~~~~~
    hint: put input \`pico_uf2\` there, or correct its \`path:\`, which starts at image.yaml
    "
  `);
});

test("a directory is no input", async () => {
  expect(
    await errorOf(`inputs: { nosh: { path: files, sha256: ${program} } }\n`),
  ).toMatchInlineSnapshot(`
    "
    error: \`files\` is no file
      at apps/pi/image.yaml:2:25
         inputs: { nosh: { path: files, sha256: fba13a37a73d657dc0f1e671f0dc714f9891dd4da15ec45bd2a6f83e0434648e } }
                                 ~~~~~
    hint: put input \`nosh\` there, or correct its \`path:\`, which starts at image.yaml
    "
  `);
});

test("an input without its digest, with a short one, under a name that is no variable", async () => {
  expect(await errorOf("inputs: { nosh: { path: files/nosh } }\n")).toMatchInlineSnapshot(`
    "
    error: \`inputs.nosh.sha256\` is missing: it takes a sha256 of 64 characters 0-9 and a-f
      at apps/pi/image.yaml:2:11
         inputs: { nosh: { path: files/nosh } }
                   ~~~~
    "
  `);
  expect(
    await errorOf("inputs: { nosh: { path: files/nosh, sha256: 123 } }\n"),
  ).toMatchInlineSnapshot(`
    "
    error: expected a sha256 of 64 characters 0-9 and a-f, found text \`123\`
      at apps/pi/image.yaml:2:45
         inputs: { nosh: { path: files/nosh, sha256: 123 } }
                                                     ~~~
    "
  `);
  expect(
    await errorOf(`inputs: { pico-uf2: { path: files/nosh, sha256: ${program} } }\n`),
  ).toMatchInlineSnapshot(`
    "
    error: \`pico-uf2\` is no name of an input: use a-z, 0-9 and \`_\`
      at apps/pi/image.yaml:2:11
         inputs: { pico-uf2: { path: files/nosh, sha256: fba13a37a73d657dc0f1e671f0dc714f9891dd4da15ec45bd2a6f83e0434648e } }
                   ~~~~~~~~
    "
  `);
  expect(
    await errorOf(`inputs: { nosh: { path: files/nosh, sha265: ${program} } }\n`),
  ).toMatchInlineSnapshot(`
    "
    error: \`inputs.nosh.sha256\` is missing: it takes a sha256 of 64 characters 0-9 and a-f
      at apps/pi/image.yaml:2:11
         inputs: { nosh: { path: files/nosh, sha265: fba13a37a73d657dc0f1e671f0dc714f9891dd4da15ec45bd2a6f83e0434648e } }
                   ~~~~
    error: unknown key \`sha265\` in \`inputs.nosh\`
      at apps/pi/image.yaml:2:37
         inputs: { nosh: { path: files/nosh, sha265: fba13a37a73d657dc0f1e671f0dc714f9891dd4da15ec45bd2a6f83e0434648e } }
                                             ~~~~~~
    hint: did you mean \`sha256\`?
    "
  `);
});

test("a variable that belongs to inputs is nobody else's", async () => {
  expect(await errorOf("env: { INPUT_NOSH: mine }\n")).toContain("is set by pibuild itself");
});

test("a digest of figures alone is still a text", async () => {
  const figures = "1".repeat(64);
  const yaml = `inputs: { nosh: { path: files/nosh, sha256: ${figures} } }\n`;
  expect(await errorOf(yaml)).toContain("is not the expected file");
});

test("who only looks at an image needs none of its inputs", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", stages + inputs);
  const image = await loadImage(workspace.path, "pi", { requireStages: false });
  expect(image.inputs).toHaveLength(2);
});
