import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { programsFor } from "@pibuild/core";
import { needs } from "@pibuild/test-kit";
import { afterAll, beforeAll, expect } from "vitest";
import { checkPacked } from "../../tools/release/check-package.ts";
import { publishedPackages } from "../../tools/release/published.ts";
import {
  createOutsideProject,
  nodeProgram,
  nodes,
  type OutsideProject,
} from "./outside-project.ts";
import { filesOfPage, repository, smallBase } from "./own-repository.ts";
import { compileExamples, printed, runAsJavaScript, runCompiled } from "./run-example.ts";

const programs = [...programsFor("steps"), ...programsFor("disk")];
const it = needs("root", "npm", "qemu-aarch64-static", ...programs);

/** Packed, and installed with npm into an empty project outside of the workspace. */
let project: OutsideProject;
beforeAll(async () => {
  project = await createOutsideProject();
});
afterAll(() => project?.[Symbol.asyncDispose]());

const installedPackages = async () =>
  (await readdir(join(project.path, "node_modules/@pibuild"))).map((name) => `@pibuild/${name}`);
const ownFiles = () => filesOfPage(join(repository, "docs/own-repository.md"));

it("every package is fit to publish, for publint and attw", async () => {
  const said: Record<string, string[]> = {};
  for (const { name, tarball } of project.packed) said[name] = await checkPacked(tarball);
  expect(said).toEqual(Object.fromEntries(project.packed.map(({ name }) => [name, []])));
  for (const name of await installedPackages()) {
    for (const file of ["LICENSE", "README.md"])
      expect(existsSync(join(project.path, "node_modules", name, file)), `${name}/${file}`).toBe(
        true,
      );
  }
});

it("nothing but @pibuild/nx brings Nx along", async () => {
  const expected = project.packed.map(({ name }) => name).filter((name) => name !== "@pibuild/nx");
  const scoped = expected.filter((name) => name.startsWith("@pibuild/"));
  expect((await installedPackages()).sort()).toEqual(scoped.sort());
  expect(existsSync(join(project.path, "node_modules/nx"))).toBe(false);
});

for (const [name, expected] of Object.entries(printed)) {
  it(`${name} runs from JavaScript`, async () => {
    expect(await runAsJavaScript(project, name)).toMatch(expected);
  });
}

it("all run from TypeScript with strict and every type checked, in the oldest Node.js that fits", async () => {
  const node = nodeProgram(project, nodes.oldest);
  expect(await compileExamples(project, node)).toBe("");
  for (const [name, expected] of Object.entries(printed))
    expect(await runCompiled(project, name, node)).toMatch(expected);
});

it("the example of the command line's README makes a project that is linted and planned", async () => {
  const readme = await readFile(join(repository, "apps/cli/README.md"), "utf8");
  const [, example = ""] = /^```\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  // It is installed already, and building it takes minutes.
  const own = example.split("\n").filter((line) => !/^(npm|npx) /.test(line));
  const planned = [...own, "npx pibuild lint kiosk", "npx pibuild plan kiosk"].join("\n");
  const env = { PIBUILD_CACHE: project.cache };
  const { exitCode, stdout, stderr } = await project.run("bash", ["-ec", planned], env);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/^kiosk\/00-hello +run/m);
});

it("the page's repository is linted, planned and built, with npm alone", async () => {
  const env = { PIBUILD_CACHE: project.cache, PIBUILD_TWIN: "0" };
  const pibuild = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await project.run("npx", ["pibuild", ...args], env);
    expect(exitCode, stderr).toBe(0);
    return stdout + stderr;
  };
  await project.write(await ownFiles());
  await pibuild("lint", "kiosk");
  expect(await pibuild("plan", "kiosk")).toMatch(
    /^debian-base\/prerun .*^debian-lite\/05-user .*^kiosk\/00-screen .*^export\/03-clean .*^disk /ms,
  );
  await project.write(smallBase);
  expect(await pibuild("build", "kiosk")).toContain("kiosk is ready");
  const built = await readdir(join(project.path, "dist/kiosk"));
  expect(built).toEqual(expect.arrayContaining(["kiosk.img.xz", "kiosk.img.xz.sha256"]));
  expect(existsSync(join(project.path, ".nx"))).toBe(false);
  expect(await pibuild("build", "kiosk")).toContain("kiosk is up to date");
  const log = await readFile(join(project.path, ".pibuild/logs/kiosk/events.ndjson"), "utf8");
  expect(log).toContain("kiosk/00-screen");
});

it("npm create pibuild makes a project that builds with npm alone", async () => {
  const env = { PIBUILD_CACHE: project.cache, PIBUILD_TWIN: "0" };
  const run = async (...command: string[]) => {
    const { exitCode, stdout, stderr } = await project.run("npm", command, env);
    expect(exitCode, stderr).toBe(0);
    return stdout + stderr;
  };
  // What `npm create pibuild` calls, which would ask the registry for the package.
  await run("exec", "--", "create-pibuild", "made", "--base", "debian", "--no-sync");
  const tarballs = project.packed.filter(({ name }) => name !== "@pibuild/nx");
  const install = ["install", "--prefix", "made", "--save-dev", "--no-audit", "--no-fund"];
  await run(...install, ...tarballs.map(({ tarball }) => tarball));
  await project.write(
    Object.fromEntries(Object.entries(smallBase).map(([path, text]) => [`made/${path}`, text])),
  );
  expect(await run("run", "--prefix", "made", "build")).toContain("made is ready");
  const built = await readdir(join(project.path, "made/dist/made"));
  expect(built).toEqual(expect.arrayContaining(["made.img.xz", "made.img.xz.sha256"]));
});

it("the action for other repositories builds it there, and tells what it did", async () => {
  const files = { GITHUB_OUTPUT: "output", GITHUB_STEP_SUMMARY: "summary" };
  const env = { PIBUILD_CACHE: project.cache, PIBUILD_TWIN: "0", ...files };
  await project.write({ ...(await ownFiles()), ...smallBase });
  for (const script of ["prepare.sh", "build.sh"]) {
    const path = join(repository, "tools/ci/action", script);
    const { exitCode, stderr } = await project.run(path, [], {
      ...env,
      PIBUILD_ACTION_IMAGE: "kiosk",
    });
    expect(exitCode, stderr).toBe(0);
  }
  const read = (name: string) => readFile(join(project.path, name), "utf8");
  expect(await read("output")).toBe("image=kiosk\ndirectory=dist/kiosk\n");
  expect(await read("summary")).toMatch(/^## `kiosk` is (built|up to date)/);
});

for (const version of nodes.outdated) {
  it(`with Node.js ${version} the commands say which one they need`, async () => {
    const node = nodeProgram(project, version);
    const bins = publishedPackages().flatMap(({ manifest: { name, bin = {} } }) =>
      Object.values(bin).map((file) => join("node_modules", name, file)),
    );
    expect(bins.length).toBeGreaterThan(3);
    for (const file of bins) {
      const result = await project.run(node, [file, "--version"]);
      expect(result.exitCode).toBe(4);
      expect(result.stderr).toMatch(
        `needs Node.js 22.21, 24.11 or newer, this is ${version}\n\nhint: \`npx -p node@24 `,
      );
    }
  });
}
