import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isInRepository } from "../src/resources/is-in-repository.ts";

it("sees a repository from its top and from below, also a worktree, whose `.git` is a file", async () => {
  const top = await mkdtemp(join(tmpdir(), "pibuild-repository-"));
  await mkdir(join(top, "stages/one"), { recursive: true });
  expect(isInRepository(join(top, "stages/one"))).toBe(false);
  await writeFile(join(top, ".git"), "gitdir: elsewhere\n");
  expect(isInRepository(join(top, "stages/one"))).toBe(true);
  expect(isInRepository(top)).toBe(true);
  await rm(top, { recursive: true });
});
