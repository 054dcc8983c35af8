import { fileURLToPath } from "node:url";
import { createExec } from "@pibuild/core";
import { runReadmeExample } from "@pibuild/test-kit";
import { expect } from "vitest";
import { needs } from "./needs.ts";
import { scratch } from "./scratch.ts";

const directory = fileURLToPath(new URL("..", import.meta.url));

needs("git")("the README's example prints what the program said", async () => {
  await using repository = await scratch();
  const git = (...args: string[]) =>
    createExec().run({ program: "git", args, cwd: repository.path });
  await git("init", "--quiet");
  const author = ["-c", "user.name=pi", "-c", "user.email=pi@pi.invalid"];
  await git(...author, "commit", "--quiet", "--allow-empty", "--message", "One");
  const { stdout } = await git("rev-parse", "HEAD");
  expect((await runReadmeExample(directory, repository.path)).stdout).toBe(stdout);
});
