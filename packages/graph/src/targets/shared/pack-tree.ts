import { lstatSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Exec, isPibuildError, PibuildError } from "@pibuild/core";
import { walk } from "@pibuild/layers";
import { deployProblem } from "@pibuild/pigen-runner";

/** Packs a directory into a tar: its name and what is in it, but for owners. */
export async function packTree(exec: Exec, directory: string, to: string): Promise<void> {
  await exec.run({
    program: "tar",
    args: [
      ...["--create", "--file", to, "--directory", dirname(directory), "--format=gnu", "--sparse"],
      ...["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--hard-dereference"],
      basename(directory),
    ],
  });
}

/**
 * Unpacks such a tar in an empty directory; gives the directory of the name that is in it. tar itself leaves out
 * names that lead elsewhere. Throws LAYER_LOST where it is no tar of that directory, or holds what no step could
 * have deployed.
 */
export async function unpackTree(
  exec: Exec,
  tar: string,
  { into, name }: { readonly into: string; readonly name: string },
): Promise<string> {
  const refuse = (reason: string) => new PibuildError("LAYER_LOST", { digest: name, reason });
  const args = [
    ...["--extract", "--file", tar, "--directory", into],
    ...["--no-same-owner", "--same-permissions", "--", name],
  ];
  await exec.run({ program: "tar", args }).catch((error) => {
    throw isPibuildError(error, "COMMAND_FAILED") ? refuse("it cannot be unpacked") : error;
  });
  const tree = join(into, name);
  if (!lstatSync(tree).isDirectory()) throw refuse("it is no directory");
  for (const { inside, stats } of walk(tree)) {
    const problem = deployProblem(inside, stats);
    if (problem !== undefined) throw refuse(`something in it ${problem}`);
  }
  return tree;
}
