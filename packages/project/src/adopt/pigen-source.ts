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

/** What a config of pi-gen sets, and hardly any other file. */
const assignsName = /^\s*(?:export\s+)?(?:IMG_NAME|STAGE_LIST)=/m;

/**
 * What describes a directory to pi-gen: its `config`, else another file `config*` that sets an image's name,
 * else a workflow. Undefined where nothing does. Throws USAGE where several files may be meant.
 */
export function findPigenSource(directory: string): PigenSource | undefined {
  const find = (...patterns: string[]) =>
    globSync(patterns, { cwd: directory, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(directory, join(parentPath, name)))
      .sort();
  const read = (file: string) => readFileSync(join(directory, file), "utf8");
  const isPigen =
    globSync(["build.sh", "stage*/", "pi-gen/build.sh"], { cwd: directory }).length > 0;
  const usual = find("config", "pi-gen/config").find(
    (file) => isPigen || assignsName.test(read(file)),
  );
  if (usual !== undefined) return { kind: "config", file: usual };
  const others = find("config?*").filter((file) => assignsName.test(read(file)));
  if (others.length > 1) {
    const message = `${others.map((file) => `\`${file}\``).join(" and ")} each describe an image to pi-gen: name one with --config`;
    throw new PibuildError("USAGE", { message });
  }
  if (others[0] !== undefined) return { kind: "config", file: others[0] };
  const workflow = find(".github/workflows/*.{yml,yaml}").find((file) =>
    read(file).includes("usimd/pi-gen-action"),
  );
  if (workflow !== undefined) return { kind: "workflow", file: workflow };
  const isClone = find("build.sh").length > 0 && find("scripts/common").length > 0;
  return isClone ? { kind: "config", file: "config" } : undefined;
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
