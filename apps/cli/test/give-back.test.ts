import { chown, link, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { needs } from "@pibuild/test-kit";
import { expect, onTestFinished } from "vitest";
import { giveBack } from "../src/privilege/give-back.ts";

const env = { SUDO_UID: "1234", SUDO_GID: "5678" };

needs("root")("what root made is given back, and nothing that a link leads to", async () => {
  const scratch = await mkdtemp(join(tmpdir(), "pibuild give-"));
  onTestFinished(() => rm(scratch, { recursive: true }));
  const [dist, roots] = [join(scratch, "dist"), join(scratch, "roots")];
  for (const path of [join(dist, "pi"), roots]) await mkdir(path, { recursive: true });
  for (const path of [join(dist, "pi/file"), join(roots, "secret"), join(dist, "theirs")])
    await writeFile(path, "");
  await chown(join(dist, "theirs"), 7, 7);
  await symlink(roots, join(dist, "directory"));
  await symlink(join(roots, "secret"), join(dist, "file"));
  await link(join(roots, "secret"), join(dist, "hard"));
  await giveBack(env, [dist, join(dist, "directory"), join(scratch, "nothing")]);
  const owner = async (path: string) => (await stat(join(scratch, path))).uid;
  const given = ["dist", "dist/pi", "dist/pi/file"];
  expect(await Promise.all(given.map(owner))).toEqual([1234, 1234, 1234]);
  const left = ["roots", "roots/secret", "dist/hard", "dist/theirs"];
  expect(await Promise.all(left.map(owner))).toEqual([0, 0, 0, 7]);
  await giveBack({}, [roots]);
  expect(await owner("roots")).toBe(0);
});
