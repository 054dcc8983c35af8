import type { ConfigIssue } from "@pibuild/core";
import { upstreamPrefix } from "../checkout.ts";
import { brokenStageRules } from "../stage-entries.ts";
import { type Environment, environmentIssue } from "./environment.ts";
import { overrides } from "./overrides.ts";

/** A stage of the final list, with its place in the file's own list; undefined from the environment. */
export interface ListedStage {
  readonly name: string;
  readonly index: number | undefined;
}

export interface StageOverride {
  readonly stages: readonly ListedStage[];
  readonly issues: readonly ConfigIssue[];
}

const variable = "PI_GEN_STAGES";

/**
 * The stages of an image, with those that PI_GEN_STAGES names in place of pi-gen's. Set but empty
 * is an error, as nothing would be built; an image without stages of pi-gen has nothing to replace.
 */
export function overrideStages(written: readonly string[], env: Environment): StageOverride {
  const own = written.map((name, index) => ({ name, index }));
  const value = env[variable];
  const isUpstream = ({ name }: ListedStage) => name.startsWith(upstreamPrefix);
  const first = own.findIndex(isUpstream);
  if (value === undefined || first === -1) return { stages: own, issues: [] };
  const problem = problemOf(value);
  if (problem !== undefined) return { stages: own, issues: [environmentIssue(variable, problem)] };
  const named = value.split(/\s+/).filter((word) => word !== "");
  const replacing = named.map((name) => ({
    name: name.includes("/") ? name : `${upstreamPrefix}${name}`,
    index: undefined,
  }));
  const after = own.slice(first).filter((stage) => !isUpstream(stage));
  const stages = [...own.slice(0, first), ...replacing, ...after];
  const issues = brokenStageRules(stages.map(({ name }) => name)).map((words) =>
    environmentIssue(variable, words),
  );
  return { stages, issues };
}

function problemOf(value: string): { message: string; hint: string } | undefined {
  if (value.trim() === "") {
    const hint = "unset it to build the image's own, or name some: `stage0 stage1 stage2`";
    return { message: `expected ${overrides[variable].expected}, found nothing`, hint };
  }
  if (/["'\\]/.test(value)) {
    const message = "the path of a stage cannot hold a space: the list is split at blanks";
    return { message, hint: "rename the directory, and leave quotes and `\\` out" };
  }
  return undefined;
}
