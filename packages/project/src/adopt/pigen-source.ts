import { existsSync, globSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type SourceText, sourceText } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import { type ActionReading, readWorkflow } from "../action/read-workflow.ts";
import { readConfig } from "../config/read-config.ts";
import type { ConfigReading } from "../config/variables.ts";
import { baseDirectory, fromPigen } from "./pigen-project.ts";

/** pi-gen's `config`, or a workflow with usimd/pi-gen-action: a path from the project on. */
export interface PigenSource {
  readonly kind: "config" | "workflow";
  readonly file: string;
}

/** What describes a directory to pi-gen: its `config`, else a workflow. Undefined where nothing does. */
export function findPigenSource(directory: string): PigenSource | undefined {
  const isPigen =
    globSync(["build.sh", "stage*/", "pi-gen/build.sh"], { cwd: directory }).length > 0;
  for (const file of ["config", "pi-gen/config"]) {
    const path = join(directory, file);
    if (!existsSync(path)) continue;
    const names = /^\s*(?:export\s+)?(?:IMG_NAME|STAGE_LIST)=/m;
    if (isPigen || names.test(readFileSync(path, "utf8"))) return { kind: "config", file };
  }
  const workflows = globSync(".github/workflows/*.{yml,yaml}", { cwd: directory }).sort();
  const file = workflows.find((each) =>
    readFileSync(join(directory, each), "utf8").includes("usimd/pi-gen-action"),
  );
  if (file !== undefined) return { kind: "workflow", file };
  return isPigen && existsSync(join(directory, "build.sh"))
    ? { kind: "config", file: "config" }
    : undefined;
}

/**
 * Reads what describes a project; `base` is where pi-gen is. Throws CONFIG_MISSING, and CONFIG_INVALID for a
 * workflow without the action.
 */
export function readPigenSource(
  directory: string,
  described: PigenSource,
  { base, given }: { readonly base: string; readonly given: Readonly<Record<string, string>> },
): ConfigReading & Partial<ActionReading> {
  const source = openSource(directory, described);
  if (described.kind === "workflow") {
    const read = readWorkflow(source, given);
    if (read !== undefined) return read;
    const message = "no step of this workflow uses usimd/pi-gen-action";
    const hint = "name another with `--workflow`, or pi-gen's `config` with `--config`";
    throw new PibuildError("CONFIG_INVALID", { issues: [source.issue({ message, hint })] });
  }
  return readConfig(source, {
    given,
    before: { BASE_DIR: baseDirectory },
    open(path) {
      const inside = fromPigen(path);
      const whole = resolve(inside === path ? directory : base, inside);
      if (!existsSync(whole)) return undefined;
      return sourceText(relative(directory, whole), readFileSync(whole, "utf8"), maskSecrets);
    },
  });
}

function openSource(directory: string, { file }: PigenSource): SourceText {
  const path = resolve(directory, file);
  if (existsSync(path)) return sourceText(file, readFileSync(path, "utf8"), maskSecrets);
  // pi-gen builds without one, with its own values.
  if (file === "config" && existsSync(join(directory, "build.sh"))) return sourceText(file, "");
  throw new PibuildError("CONFIG_MISSING", {
    file: path,
    what: "what describes the project to pi-gen",
  });
}

/** Blanks what follows a name such as `FIRST_USER_PASS=` or `password:` on a line. */
function maskSecrets(line: string): string {
  return line.replace(/((?:pass|pwd|psk|token|secret)\w*["']?\s*[:=]\s*)\S.*/i, "$1***");
}
