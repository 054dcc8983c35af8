import { join } from "node:path";
import { renderError } from "@pibuild/core";
import { expect, test } from "vitest";
import { loadImage } from "../src/load-image.ts";
import { failure, scratchWorkspace } from "./scratch-workspace.ts";

const named = "stages: [stages/debian-base]\nsettings: { FIRST_USER_PASS_FILE: first-user.pass }\n";

test("a secret comes from the file that image.yaml names, without its line's end", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", named);
  await workspace.write("apps/pi/first-user.pass", "s3cret word\n");
  const { settings, origins, secrets, settingFiles } = await loadImage(workspace.path, "pi");
  expect(settings.FIRST_USER_PASS).toBe("s3cret word");
  expect(origins.FIRST_USER_PASS).toBe("file");
  expect(secrets).toEqual(["s3cret word"]);
  // A container is lent the file.
  expect(settingFiles).toEqual([join(workspace.path, "apps/pi/first-user.pass")]);
});

test("a secret in the environment takes its place, and it need not be there", async () => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", named);
  const env = { FIRST_USER_PASS: "other" };
  expect((await loadImage(workspace.path, "pi", { env })).settings.FIRST_USER_PASS).toBe("other");
});

const at = "at apps/pi/image.yaml:2:35";
const cases: readonly (readonly [
  what: string,
  yaml: string,
  text: string | undefined,
  said: string,
])[] = [
  ["is not there", named, undefined, "`first-user.pass` does not exist"],
  ["is empty", named, "\n", "`first-user.pass` is empty"],
  ["has two lines", named, "one\ntwo\n", "`first-user.pass` has to hold text on one line"],
  [
    "stands beside the secret",
    named.replace(" }", ", FIRST_USER_PASS: one }"),
    "one\n",
    "`FIRST_USER_PASS` is set too, and one of them has to do",
  ],
];

test.each(cases)("a secret's file that %s", async (_what, yaml, text, said) => {
  await using workspace = await scratchWorkspace();
  await workspace.write("apps/pi/image.yaml", yaml);
  if (text !== undefined) await workspace.write("apps/pi/first-user.pass", text);
  const rendered = renderError(await failure(loadImage(workspace.path, "pi")));
  expect(rendered).toContain(`error: ${said}\n  ${at}`);
  expect(rendered).toMatch(/hint: .*FIRST_USER_PASS/);
  expect(rendered).not.toMatch(/: one\b|two\n/);
});
