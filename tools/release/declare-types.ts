import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createExec } from "@pibuild/core";
import { repository } from "./published.ts";

const output = join(repository, ".pibuild", "types");

/** Writes the types of every package, all in one run of tsc. Returns the directory of one package's. */
export async function declareTypes(): Promise<(directory: string) => string> {
  await rm(output, { recursive: true, force: true });
  const project = join(repository, "tools", "release", "tsconfig.types.json");
  const tsc = join(repository, "node_modules", "typescript", "bin", "tsc");
  await createExec().run({ program: "node", args: [tsc, "--project", project] });
  return (directory) => join(output, directory.replace(/^packages\//, ""), "src");
}
