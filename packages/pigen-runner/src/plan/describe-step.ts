import { createHmac } from "node:crypto";
import { canonicalJson, type Fetch, type Sha256, sha256, splitLogins } from "@pibuild/core";
import {
  type FingerprintData,
  hiddenPrefix,
  normaliseRules,
  packOptions,
  type Stays,
} from "@pibuild/layers";
import { type Lock, laterPreferences } from "@pibuild/mirrors";
import {
  isMountedBefore,
  parseFunctions,
  readStepFiles,
  type Step,
  stepFetches,
  visibleSettings,
} from "@pibuild/pigen-stages";
import { helpers } from "../run/helper-layer.ts";
import { callsApt, fetchesIndex } from "../run/index-step.ts";
import { reachesPackagesOnly } from "../run/own-network.ts";
import type { RunSpec } from "../run/run-spec.ts";
import { confinement, neutralEnvironment, previousDirectory } from "../run/step-environment.ts";
import { shapingTools, type ToolVersions } from "./tool-versions.ts";

/** A step's inputs but for the layers below, and why they may not be all. */
export interface StepDefinition {
  readonly inputs: Omit<FingerprintData, "parent">;
  readonly unknown: string | undefined;
  /** Why a layer of these inputs stays on this machine, whatever lies below. */
  readonly stays: Stays | undefined;
  /** What it fetches besides packages, as far as its scripts say; nothing where it reaches only these. */
  readonly fetches: readonly Fetch[];
}

export type DescribeStep = (step: Step) => Promise<StepDefinition>;

export interface DescribeOptions {
  readonly spec: RunSpec;
  /** The text of the runner's own scripts, by file name. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly versions: ToolVersions;
  /** Key under which secret values enter a fingerprint. */
  readonly secretKey: string;
}

/** Makes the function that finds out what a step depends on. */
export function createDescribeStep(options: DescribeOptions): DescribeStep {
  const { spec, scripts, versions, secretKey } = options;
  const secretNames = [...spec.secretNames, ...namesWithLogins(spec.variables)];
  // A person's shell runs no step, and a network shapes no byte by how it is made.
  const { "shell.sh": shell = "", "own-network.pl": _network, ...running } = scripts;
  const functions = parseFunctions([...Object.values(running), shell].join("\n"));
  const hidden = {
    ...hideTexts(hideSecrets(spec.variables, secretNames, secretKey), spec.textNames),
    // Where an input lies is the same for all: it counts by what it holds.
    ...Object.fromEntries(spec.inputs.map((each) => [each.variable, `sha256:${each.sha256}`])),
  };
  const runner = sha256(
    canonicalJson({ running, helpers, neutralEnvironment, ...confinement(spec) }),
  );
  const lockFor = lockDigests(spec.packages?.lock);
  const bootstraps = spec.piGen === undefined ? "mmdebstrap" : "debootstrap";
  return async (step) => {
    const { entries, texts, unknown } = await readStepFiles(step);
    const calls = step.actions.some(({ kind }) => kind !== "run" && kind !== "prerun")
      ? ["on_chroot"]
      : [];
    const installs = step.actions.some(({ kind }) => /^packages/.test(kind)) || callsApt(texts);
    const lock = lockFor({ installs, fetches: fetchesIndex(texts) });
    const tools: Record<string, string> = {};
    for (const tool of shapingTools(step.actions, texts, bootstraps)) {
      tools[tool] = await versions.of(tool);
    }
    const settings = visibleSettings(
      [...texts, ...calls],
      { ...hidden, ...surroundingsOf(spec, step) },
      functions,
    );
    const seesSecret = secretNames.some((name) => (settings[name] ?? "") !== "");
    const packagesOnly = reachesPackagesOnly(spec, step);
    return {
      unknown,
      fetches: packagesOnly ? [] : await stepFetches(step),
      stays: seesSecret ? "secret" : unknown === undefined ? undefined : "machine",
      inputs: {
        format: 1,
        step: step.id,
        files: entries,
        settings,
        arch: spec.arch,
        release: spec.release,
        sourceDateEpoch: spec.sourceDateEpoch,
        scripts: runner,
        normalisation: sha256(canonicalJson({ normaliseRules, packing: packOptions(0) })),
        tools,
        ...(packagesOnly ? { network: "packages" as const } : {}),
        ...(lock === undefined ? {} : { lock }),
        ...((await isMountedBefore(step)) && { mounted: true as const }),
      },
    };
  };
}

/** What of a lock a step sees: the releases where it fetches indexes; which packages apt prefers where it installs. */
function lockDigests(
  lock: Lock | undefined,
): (step: { readonly installs: boolean; readonly fetches: boolean }) => Sha256 | undefined {
  if (lock === undefined) return () => undefined;
  const { releases } = lock;
  const later = laterPreferences(lock);
  return ({ installs, fetches }) => {
    if (installs && later !== undefined)
      return sha256(canonicalJson({ ...(fetches ? { releases } : {}), later }));
    return fetches ? sha256(canonicalJson(releases)) : undefined;
  };
}

/** Variables that somebody else's address stands in, with its login. */
function namesWithLogins(variables: Readonly<Record<string, string>>): string[] {
  return Object.keys(variables).filter((name) => splitLogins(variables[name] ?? "").logins.length);
}

function hideSecrets(
  variables: Readonly<Record<string, string>>,
  secretNames: readonly string[],
  key: string,
): Record<string, string> {
  const hide = (name: string, value: string) =>
    secretNames.includes(name) && value !== ""
      ? `${hiddenPrefix}${createHmac("sha256", key).update(`${name}=${value}`).digest("hex")}`
      : value;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, hide(name, value)]),
  );
}

/** A file enters by its digest, as those of stages do: nobody wants to read it in a record. */
function hideTexts(
  variables: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  const texts = names.flatMap((name) => {
    const text = variables[name];
    return text === undefined ? [] : [[name, `sha256:${sha256(text)}`]];
  });
  return { ...variables, ...Object.fromEntries(texts) };
}

/** The same chain has another PREV_STAGE where a stage with SKIP stands in between. */
function surroundingsOf(spec: RunSpec, step: Step): Record<string, string> {
  const name = step.previous?.name ?? "";
  return {
    PREV_STAGE: name,
    PREV_STAGE_DIR: previousDirectory(spec, step),
    PREV_ROOTFS_DIR: name,
    ...step.stage.variables,
  };
}
