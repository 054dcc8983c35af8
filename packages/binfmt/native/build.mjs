// Builds the programs of this directory into DIRECTORY, the same bytes wherever the checkout lies:
// node build.mjs DIRECTORY. Static, with musl, so that they run in front of any tree.
// biome-ignore lint/style/noRestrictedImports: runs where nothing of the workspace is built yet
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const [directory = "dist"] = process.argv.slice(2);
const output = resolve(directory);
const common = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-s", "-Wl,--build-id=none"];
const asProgram = ["-static", "-no-pie"];
const asLibrary = ["-shared", "-fPIC", "-fno-builtin", "-nostdlib"];
const programs = {
  redirect: [...asProgram, "redirect.c"],
  twin: [...asProgram, "main.c", "run.c", "enter.c", "devices.c"],
  "perl-shim.so": [...asLibrary, "perl-shim.c"],
};

mkdirSync(output, { recursive: true });
for (const [name, parameters] of Object.entries(programs)) {
  const target = join(output, name);
  const { error, status } = spawnSync("musl-gcc", [...common, ...parameters, "-o", target], {
    cwd: import.meta.dirname,
    stdio: "inherit",
  });
  if (status === 0) continue;
  const why =
    error?.code === "ENOENT"
      ? "musl-gcc is missing (Debian's musl-tools)"
      : `${name} failed to build`;
  // pibuild works all the same: every program is emulated.
  process.stderr.write(`${why}: the twin's programs are not built\n`);
  rmSync(output, { recursive: true });
  break;
}
