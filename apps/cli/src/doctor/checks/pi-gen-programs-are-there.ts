import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutDirectory } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { parseDepends } from "@pibuild/pigen-source";
import type { Check } from "../check.ts";
import { installCommand, installPackages } from "../install-packages.ts";
import { needsPiGen } from "../needed.ts";

/** qemu-user-binfmt would take qemu-user-static away, which steps run under. */
const options = ["--no-remove"];

/** The programs that pi-gen itself asks for, as the tag that is built with lists them. */
export const piGenProgramsAreThere: Check = {
  name: "pi-gen-programs",
  asks: "For images with stages of pi-gen, and for `--runner upstream`: whether the programs in pi-gen's `depends` file are installed. Its emulators count only for `--runner upstream`, as pibuild has its own check for that (`binfmt`)",
  warns: "some are missing that pi-gen's stages may need",
  fails: "some are missing, with `--runner upstream`: pi-gen's `build.sh` refuses to start",
  mended: "installs their Debian packages with apt-get; removes none",
  mends: true,
  on: "linux",
  async examine({ host, exec, env, workspace, needed, message }) {
    if (!needsPiGen(needed)) return undefined;
    const text = await readDepends(workspace, env);
    if (text === undefined) return { status: "warn", detail: "not known before pi-gen is fetched" };
    const wanted = parseDepends(text).filter(
      ({ program }) => needed.upstream || !program.startsWith("qemu-"),
    );
    const missing = wanted.filter(({ program }) => host.program(program) === undefined);
    if (missing.length === 0) return { status: "ok", detail: `all ${wanted.length} are there` };
    const packages = [...new Set(missing.map((one) => one.debianPackage))].sort();
    return {
      status: needed.upstream ? "fail" : "warn",
      detail: `missing: ${missing.map(({ program }) => program).join(", ")}`,
      fix: installCommand(packages, options),
      mend: () => installPackages(exec, packages, message, options),
    };
  },
};

async function readDepends(workspace: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    return await readFile(join(await checkoutDirectory(workspace, env), "depends"), "utf8");
  } catch (error) {
    // The check of pi-gen itself says what is wrong.
    if (error instanceof PibuildError) return undefined;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
