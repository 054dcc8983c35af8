import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Our own programs for this machine, by path. */
export interface NativePrograms {
  readonly redirect: string;
  readonly twin: string;
  readonly perlShim: string;
}

/**
 * The programs of this machine's optional package; undefined where there is none (on arm64
 * nothing is emulated), or where the workspace was built without a compiler.
 */
export function nativePrograms(): NativePrograms | undefined {
  const name = `@pibuild/binfmt-${process.platform}-${process.arch}`;
  let manifest: string;
  try {
    // By way of its name: a bundle that this file is part of lies elsewhere.
    const own = createRequire(import.meta.url).resolve("@pibuild/binfmt/package.json");
    manifest = createRequire(own).resolve(`${name}/package.json`);
  } catch {
    return undefined;
  }
  const directory = join(dirname(manifest), "dist");
  const programs = {
    redirect: join(directory, "redirect"),
    twin: join(directory, "twin"),
    perlShim: join(directory, "perl-shim.so"),
  };
  return Object.values(programs).every((path) => existsSync(path)) ? programs : undefined;
}
