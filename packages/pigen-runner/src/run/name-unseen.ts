import { lstat } from "node:fs/promises";
import { PibuildError } from "@pibuild/core";
import { baseDirectory, hostPath, stagesDirectory } from "./paths.ts";
import type { RunSpec } from "./run-spec.ts";

const paths = new RegExp(`(?:${baseDirectory}|${stagesDirectory})/[^\\s'"\`:]+`, "g");

/**
 * What a failed step's last lines say of a setting that it did not get, or of a file that is there
 * and that it did not see, as none of its files says that it reads either.
 */
export async function nameUnseen(
  tail: readonly string[],
  spec: Pick<RunSpec, "base" | "stages">,
  step: string,
  unseen: readonly string[],
): Promise<PibuildError | undefined> {
  const setting = unseen.find((name) => tail.some((line) => isNamed(name, line)));
  if (setting !== undefined) return new PibuildError("STEP_UNNAMED", { step, setting });
  for (const line of tail.filter((each) => /No such file|ENOENT|not found/i.test(each))) {
    for (const [file] of line.matchAll(paths)) {
      const host = hostPath(spec, file);
      const stats = host && (await lstat(host).catch(() => undefined));
      if (stats) return new PibuildError("STEP_UNNAMED", { step, file });
    }
  }
  return undefined;
}

function isNamed(name: string, line: string): boolean {
  return new RegExp(`(?<!\\w)${name}(?!\\w)`).test(line);
}
