import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createExec, removeTree } from "@pibuild/core";
import { writeTree } from "./write-tree.ts";

/** A git repository with the shape of pi-gen's and none of its text, in a path with a space. */
export interface PigenOrigin extends AsyncDisposable {
  readonly path: string;
  /** Commits something new and tags it; gives the commit. A tag that is there is moved. */
  tag(name: string, options?: TagOptions): Promise<string>;
  /** Makes a bare mirror of it as it is now; gives its path. */
  mirror(): Promise<string>;
}

export interface TagOptions {
  readonly annotated?: boolean;
  /** Files instead of pi-gen's. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The least that counts as pi-gen. */
const pigenFiles = {
  "build.sh": "#!/bin/bash -e\n",
  "scripts/common": "log() { echo; }\n",
  "stage0/prerun.sh": "#!/bin/bash -e\n",
  "stage0/00-a/00-packages": "a\n",
  ".gitignore": "SKIP\nwork/*\n",
};

/** Runs git for a test: by nobody's configuration, as nobody in particular. */
export async function testGit(cwd: string, ...args: readonly string[]): Promise<string> {
  const names = ["AUTHOR", "COMMITTER"].flatMap((role) => [
    [`GIT_${role}_NAME`, "test"],
    [`GIT_${role}_EMAIL`, "test@example.org"],
  ]);
  const { stdout } = await createExec().run({
    program: "git",
    args: ["-c", "init.defaultBranch=main", ...args],
    cwd,
    env: {
      ...Object.fromEntries(names),
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
    },
  });
  return stdout;
}

/** Makes an origin without tags; dispose it with `await using`. */
export async function createPigenOrigin(): Promise<PigenOrigin> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "pibuild origin-")));
  const path = join(directory, "pi-gen");
  await testGit(directory, "init", "--quiet", path);
  let count = 0;
  return {
    path,
    async tag(name, { annotated = false, files = pigenFiles } = {}) {
      count += 1;
      await testGit(path, "rm", "-r", "--quiet", "--ignore-unmatch", ".");
      await writeTree(path, { ...files, count: `${count}\n` });
      await testGit(path, "add", "--all");
      await testGit(path, "commit", "--quiet", "--message", `${count}`);
      await testGit(path, "tag", "--force", ...(annotated ? ["--message", name] : []), name);
      return testGit(path, "rev-parse", "HEAD");
    },
    async mirror() {
      const mirror = join(directory, `mirror ${count}.git`);
      await testGit(directory, "clone", "--quiet", "--mirror", path, mirror);
      return mirror;
    },
    async [Symbol.asyncDispose]() {
      await removeTree(directory);
    },
  };
}

/** The text of `pi-gen-pin.env` for a tag. */
export function pinText(values: Readonly<Record<string, string>>): string {
  const all = {
    PI_GEN_REPO: "https://pi-gen.invalid/pi-gen",
    RELEASE: "bookworm",
    ARCH: "arm64",
    KERNEL_VERSION: "",
    DEBIAN_SNAPSHOT: "",
    ...values,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}='${value}'\n`)
    .join("");
}
