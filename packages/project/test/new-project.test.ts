import { join } from "node:path";
import { loadPin, parsePin, pinFileName } from "@pibuild/config";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { commonFiles } from "../src/files/common-files.ts";
import { imageText } from "../src/files/image-yaml.ts";
import { newestPin, pinText } from "../src/files/pins.ts";
import { newProject } from "../src/new/new-project.ts";

const repository = join(import.meta.dirname, "../../..");

test("the pins of new projects are pins, and bookworm's is the one that is built with here", async () => {
  for (const release of ["bookworm", "trixie"] as const) {
    const pin = parsePin(pinFileName, pinText(newestPin(release)));
    expect(pin).toMatchObject({ release, arch: "arm64", tag: newestPin(release).tag });
  }
  const { tag, commit } = await loadPin(join(repository, pinFileName));
  expect(newestPin("bookworm")).toMatchObject({ tag, commit });
});

test("a project on Debian needs no pin, and none of its files speaks of pi-gen's stages", () => {
  const { image, pin } = newProject({
    name: "box",
    base: "debian",
    release: "bookworm",
    sshKeys: "",
  });
  const files = commonFiles({ images: [image], pin, name: "box", version: "1.2.3" });
  const paths = files.map(({ path }) => path);
  expect(paths).not.toContain(pinFileName);
  const workflow = files.find(({ path }) => path.startsWith(".github/"))?.text ?? "";
  expect(workflow).not.toContain("sync");
  expect(workflow).toContain("npx pibuild build box");
  expect(imageText(image)).not.toContain("pi-gen/");
});

test("a key is for the login, and then nobody is told that there is none", () => {
  const key = "ssh-ed25519 AAAA me";
  const answers = { name: "a.b", base: "raspios", release: "trixie" } as const;
  const text = imageText(newProject({ ...answers, sshKeys: key }).image);
  expect(parse(text).settings).toEqual({
    // A host name has no dot.
    TARGET_HOSTNAME: "a-b",
    ENABLE_SSH: 1,
    PUBKEY_SSH_FIRST_USER: key,
  });
  expect(text).not.toContain("Nobody can log in");
  expect(imageText(newProject({ ...answers, sshKeys: "" }).image)).toContain("Nobody can log in");
});

test("values that YAML would take for something else stay text", () => {
  const image = newProject({ name: "a", base: "debian", release: "trixie", sshKeys: "" }).image;
  const settings = { PI_GEN_RELEASE: "1.10", LOCALE_DEFAULT: "C", PI_GEN: "on" };
  const env = { A: "0123", B: "yes", C: "null", D: " x ", E: "a: b # c", F: "1e3" };
  const read = parse(imageText({ ...image, settings, env }));
  expect(read.settings).toEqual(settings);
  expect(read.env).toEqual(env);
});

test("a workflow asks for no more than to read, and pins every action by its commit", () => {
  const { image, pin } = newProject({ name: "a", base: "raspios", release: "trixie", sshKeys: "" });
  const withSecret = { ...image, secretFiles: { FIRST_USER_PASS: "first-user-pass.secret" } };
  const files = commonFiles({ images: [withSecret], pin, name: "a", version: "1.0.0" });
  const text = files.find(({ path }) => path.startsWith(".github/"))?.text ?? "";
  const { permissions, jobs } = parse(text);
  expect(permissions).toEqual({ contents: "read" });
  const uses = [...text.matchAll(/uses: (\S+)(.*)/g)].map(([, name, comment]) => [name, comment]);
  expect(uses).toHaveLength(3);
  for (const [name, comment] of uses) {
    expect(name).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
    expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
  }
  const build = jobs.images.steps.find(
    ({ run }: { run?: string }) => run === "npx pibuild build a",
  );
  expect(build.env).toEqual({ FIRST_USER_PASS: "${{ secrets.FIRST_USER_PASS }}" });
});
