import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { expect, test } from "vitest";

const program = join(import.meta.dirname, "../bin/create-pibuild.mjs");

test("npm create pibuild is pibuild init, with the same arguments", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "pibuild create-"));
  try {
    const args = [program, "kiosk", "--base", "debian", "--json"];
    const { stdout } = await createExec().run({ program: "node", args, cwd });
    expect(JSON.parse(stdout)).toMatchObject({ adopted: null, images: ["kiosk"] });
    const manifest = JSON.parse(await readFile(join(cwd, "kiosk/package.json"), "utf8"));
    expect(manifest.scripts).toEqual({ build: "pibuild build kiosk" });
  } finally {
    await removeTree(cwd);
  }
});
