import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openGit } from "./git.ts";
import type { CheckoutOptions } from "./sync-checkout.ts";

/** What a directory with pi-gen says of itself. */
export interface KnownCheckout {
  /** What its build.sh builds. */
  readonly release: string | undefined;
  readonly arch: string | undefined;
  /** Variables that its build.sh hands on to stages. */
  readonly exports: readonly string[];
  /** The newest of pi-gen's own tags for both that it goes back to; undefined where git knows none. */
  readonly tag: { readonly name: string; readonly commit: string } | undefined;
  /** build.sh and files of its stages, scripts and export that are not that tag's: changed, added and removed ones. */
  readonly changes: readonly string[];
}

/** What an image is made with. */
const parts = [
  "build.sh",
  "scripts",
  "export-image",
  ...[0, 1, 2, 3, 4, 5].map((number) => `stage${number}`),
];

/** Reads a checkout as it lies there, and asks git how far it is pi-gen's own. Changes nothing. */
export async function describeCheckout(
  path: string,
  { exec, env = process.env }: CheckoutOptions,
): Promise<KnownCheckout> {
  const script = await readFile(join(path, "build.sh"), "utf8");
  const arch = /^(?:export )?ARCH=["']?(?:\$\{ARCH:-["']?)?(\w+)/m.exec(script)?.[1];
  const release = /^(?:export )?RELEASE=["']?\$\{RELEASE:-["']?(\w+)/m.exec(script)?.[1];
  const exports = [...script.matchAll(/^\s*export ([A-Za-z_]\w*)/gm)].map(([, name]) => name ?? "");
  const unknown = { release, arch, exports, tag: undefined, changes: [] };
  if (!existsSync(join(path, ".git"))) return unknown;
  const git = openGit(exec, env);
  const ask = async (...args: string[]) => {
    const { stdout, exitCode } = await git(args, { checkout: path, allowExit: [128] });
    return exitCode === 0 ? stdout.trim() : "";
  };
  const pattern = `*-raspios-${release ?? "*"}-${arch ?? "*"}`;
  const name = await ask("describe", "--tags", "--abbrev=0", `--match=${pattern}`);
  if (name === "") return unknown;
  const there = parts.filter((part) => existsSync(join(path, part)));
  const lists = [
    await ask("diff", "--name-only", "--no-renames", name, "--", ...parts),
    await ask("ls-files", "--others", "--", ...there),
  ];
  return {
    ...{ release, arch, exports },
    tag: { name, commit: await ask("rev-parse", `${name}^{commit}`) },
    changes: [...new Set(lists.flatMap((list) => list.split("\n")))].filter((file) => file !== ""),
  };
}
