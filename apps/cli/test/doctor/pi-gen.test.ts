import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinFileName } from "@pibuild/config";
import { createPigenOrigin, needs } from "@pibuild/test-kit";
import { describe, expect, test } from "vitest";
import { piGenProgramsAreThere } from "../../src/doctor/checks/pi-gen-programs-are-there.ts";
import { pinIsValid } from "../../src/doctor/checks/pin-is-valid.ts";
import { examine, image } from "./host-table.ts";

const tag = "2026-06-18-raspios-bookworm-arm64";
const withPiGen = { image: { piGen: true } };
const scratch = () => mkdtempDisposable(join(tmpdir(), "pibuild-workspace-"));

function pinText(repo: string, commit: string): string {
  const keys = { PI_GEN_REPO: repo, PI_GEN_TAG: tag, PI_GEN_COMMIT: commit, RELEASE: "bookworm" };
  const lines = Object.entries({ ...keys, ARCH: "arm64", KERNEL_VERSION: "", DEBIAN_SNAPSHOT: "" });
  return `${lines.map(([key, value]) => `${key}='${value}'`).join("\n")}\n`;
}

describe("the pin", () => {
  test("a workspace without one is well until an image has stages of pi-gen", async () => {
    await using workspace = await scratch();
    const facts = { workspace: workspace.path };
    expect(await examine(pinIsValid, facts)).toMatchObject({ status: "ok" });
    expect(await examine(pinIsValid, { ...facts, ...withPiGen })).toMatchObject({ status: "fail" });
    expect(await examine(pinIsValid, { ...facts, needed: { upstream: true } })).toMatchObject({
      status: "fail",
    });
  });
  test("a pin with mistakes is a warning, and a failure where it is needed", async () => {
    await using workspace = await scratch();
    await writeFile(join(workspace.path, pinFileName), pinText("/nowhere", "d7a31c6"));
    const facts = { workspace: workspace.path };
    const found = await examine(pinIsValid, facts);
    expect(found?.status).toBe("warn");
    expect(found?.detail).toContain("expected 40 hexadecimal digits");
    expect(await examine(pinIsValid, { ...facts, ...withPiGen })).toMatchObject({ status: "fail" });
  });
  needs("git")("what is not fetched is fetched by its mend", async () => {
    await using workspace = await scratch();
    await using origin = await createPigenOrigin();
    const commit = await origin.tag(tag);
    await writeFile(join(workspace.path, pinFileName), pinText("/unused", commit));
    const facts = { workspace: workspace.path, env: { PI_GEN_SOURCE: origin.path } };
    expect((await examine(pinIsValid, facts))?.detail).toContain("not fetched; no image needs it");
    const found = await examine(pinIsValid, { ...facts, ...withPiGen });
    expect(found).toMatchObject({ status: "fail", fix: "pibuild sync" });
    await found?.mend?.();
    expect(await examine(pinIsValid, { ...facts, ...withPiGen })).toEqual({
      status: "ok",
      detail: tag,
    });
  });
});

describe("a pi-gen that is not fetched", () => {
  const needing = { ...image, name: "sugarkube", piGen: true };
  const pinned = async (path: string) => {
    await writeFile(join(path, pinFileName), pinText("/unused", "1".repeat(40)));
    return path;
  };

  test.each([
    ["a warning where other images do without", [image, needing], false, "warn"],
    ["a failure where every image that is looked at needs it", [needing], false, "fail"],
    ["a failure where build.sh is to run", [image, needing], true, "fail"],
  ] as const)("is %s, with the images that need it", async (_name, images, upstream, status) => {
    await using scratchWorkspace = await scratch();
    const workspace = await pinned(scratchWorkspace.path);
    expect(await examine(pinIsValid, { workspace, needed: { images, upstream } })).toMatchObject({
      ...{ status, fix: "pibuild sync" },
      detail: `${tag} has not been fetched; needed by sugarkube`,
      mend: expect.any(Function),
    });
  });
});

describe("programs that pi-gen asks for", () => {
  const depends = "quilt\nxz:xz-utils zerofree # both\n# bc\nqemu-arm:qemu-user-binfmt\n";
  const facts = (path: string, needed = {}) => ({
    ...withPiGen,
    workspace: path,
    env: { PIGEN_DIR: path },
    programs: ["quilt"],
    needed,
  });

  test("are not asked about where no image has stages of it", async () => {
    expect(await examine(piGenProgramsAreThere)).toBeUndefined();
  });
  test("are named with their packages; the emulator is pibuild's own affair", async () => {
    await using piGen = await scratch();
    await writeFile(join(piGen.path, "depends"), depends);
    expect(await examine(piGenProgramsAreThere, facts(piGen.path))).toEqual({
      status: "warn",
      detail: "missing: xz, zerofree",
      fix: "apt-get install --no-remove xz-utils zerofree",
      mend: expect.any(Function),
    });
  });
  test("fail where its build.sh is to run, which wants its emulator, too", async () => {
    await using piGen = await scratch();
    await writeFile(join(piGen.path, "depends"), depends);
    const found = await examine(piGenProgramsAreThere, facts(piGen.path, { upstream: true }));
    expect(found).toMatchObject({ status: "fail", detail: "missing: xz, zerofree, qemu-arm" });
  });
  test("are not known before it is fetched", async () => {
    await using workspace = await scratch();
    const found = await examine(piGenProgramsAreThere, {
      ...withPiGen,
      workspace: workspace.path,
    });
    expect(found).toEqual({ status: "warn", detail: "not known before pi-gen is fetched" });
  });
});
