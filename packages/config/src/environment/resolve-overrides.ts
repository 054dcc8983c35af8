import { type ConfigIssue, didYouMean } from "@pibuild/core";
import { parseDuration } from "../durations.ts";
import { type Branch, branchNames, branchOf, readBranchName } from "../release.ts";
import { imageSchema } from "../schema.ts";
import { type Environment, environmentIssue } from "./environment.ts";
import { type OverrideName, overrides } from "./overrides.ts";

/** What the environment says in place of image.yaml; what it does not say is undefined. */
export interface Overrides {
  readonly release: Branch["release"] | undefined;
  readonly arch: "arm64" | undefined;
  readonly outputDir: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly issues: readonly ConfigIssue[];
}

/**
 * Reads the variables of the table but for SOURCE_DATE_EPOCH and PI_GEN_STAGES. Empty is not set.
 * PI_GEN_BRANCH says nothing of an image without stages of pi-gen (`upstream`).
 */
export function resolveOverrides(
  env: Environment,
  { upstream }: { readonly upstream: boolean },
): Overrides {
  const issues: ConfigIssue[] = [];
  const report = (name: string, message: string, hint?: string) => {
    issues.push(environmentIssue(name, { message, hint }));
    return undefined;
  };
  const given = (name: OverrideName) => (env[name] === "" ? undefined : env[name]);
  const expected = (name: OverrideName, hint?: string) =>
    report(name, `expected ${overrides[name].expected}, found \`${env[name]}\``, hint);

  const arm64 = given("ARM64");
  if (arm64 !== undefined && !/^[01]$/.test(arm64)) expected("ARM64");
  const arch = arm64 === "0" ? "armhf" : "arm64";
  const branch = upstream ? given("PI_GEN_BRANCH") : undefined;
  const said = branch === undefined ? undefined : readBranchName(branch);
  if (branch !== undefined && said === undefined) {
    const near = didYouMean(branch, branchNames);
    const hint =
      near === undefined ? `it is one of ${branchNames.join(", ")}` : `did you mean \`${near}\`?`;
    expected("PI_GEN_BRANCH", hint);
  }
  if (said?.arch !== undefined && arm64 !== undefined && said.arch !== arch) {
    const hint = `for ${arch} the branch is \`${branchOf(said.release, arch)}\`; unset one of the two`;
    report("PI_GEN_BRANCH", `\`${branch}\` is for ${said.arch}, but ARM64 is ${arm64}`, hint);
  } else if (arch !== "arm64") {
    const name = branchOf(said?.release ?? "bookworm", arch);
    const message = `ARM64=0 asks for armhf (pi-gen's branch \`${name}\`), and pibuild builds ${imageSchema.shape.arch.unwrap().options.join(", ")} only`;
    report("ARM64", message, "unset ARM64, or build that branch with pi-gen itself");
  }
  if (env.ARMHF === "1" && arch === "arm64") {
    report("ARMHF", "ARMHF is 1, but so is ARM64, its default", "unset ARMHF: ARM64 decides");
  }
  const timeout = given("BUILD_TIMEOUT");
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
  if (timeout !== undefined && timeoutMs === undefined) expected("BUILD_TIMEOUT");
  return {
    release: said?.release,
    arch: arm64 === undefined ? undefined : "arm64",
    outputDir: given("OUTPUT_DIR"),
    timeoutMs,
    issues,
  };
}
