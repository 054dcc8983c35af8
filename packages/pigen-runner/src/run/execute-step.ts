import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isPibuildError, ownProcesses, PibuildError } from "@pibuild/core";
import { isMountedBefore, type Step } from "@pibuild/pigen-stages";
import type { Redirection } from "@pibuild/twin";
import { findIndexStep } from "./index-step.ts";
import { findKnownCause } from "./known-cause.ts";
import { nameUnseen } from "./name-unseen.ts";
import { ownNetwork, type Relay, reachesPackagesOnly } from "./own-network.ts";
import { scriptDirectory, visiblePath } from "./paths.ts";
import type { RunContext } from "./run-context.ts";
import { confinement, stepEnvironment } from "./step-environment.ts";

/** Lines like `[14:57:44] Begin /run/pibuild/base/stages/x/00-y/00-run.sh`, as `log` prints them. */
const marker = /^\[\d\d:\d\d:\d\d\] (Begin|End) .*\/([^/]+)$/;

/** How a step is started without a twin. */
const emulated = { program: "unshare", prefix: ownProcesses } as const;

/** run-step.sh has to know of an export whose name the step's scripts do not get: it is not exported. */
const forExport = ["bash", "-c", 'EXPORT_DIR=-; source "$0" "$@"'];

/** The file that takes a step's output. */
export function stepLogFile(context: RunContext, step: Step): string {
  return join(context.logs, `${step.id.replaceAll("/", "--")}.log`);
}

export interface StepOptions {
  readonly twin?: Redirection | undefined;
  readonly relay?: Relay | undefined;
  /** The settings that it gets; undefined: all of them, as pi-gen gives them. */
  readonly seen?: readonly string[];
  /** Gets every line that the step prints. */
  readonly sees?: (line: string) => void;
}

/**
 * Runs a step's actions in pid and mount namespaces of their own: a daemon that a script leaves
 * behind, and the chroot's mounts, end with the step. Throws STEP_FAILED.
 */
export async function executeStep(
  context: RunContext,
  step: Step,
  { twin, relay, sees, seen }: StepOptions = {},
): Promise<void> {
  const logFile = stepLogFile(context, step);
  await mkdir(dirname(logFile), { recursive: true, mode: 0o700 });
  await rm(logFile, { force: true });
  let action = step.actions[0]?.name ?? "";
  const { path: stagePath } = visiblePath(context.spec.base, step.stage.path);
  const directory =
    step.directory === step.stage.path ? stagePath : join(stagePath, basename(step.directory));
  const env = stepEnvironment(context, step, stagePath, directory, seen);
  const exporting = step.stage.variables?.EXPORT_DIR !== undefined;
  const packagesOnly = reachesPackagesOnly(context.spec, step);
  const command = [
    ...(packagesOnly ? ownNetwork(relay) : []),
    ...["perl", join(scriptDirectory, "process-1.pl")],
    ...(exporting && env.EXPORT_DIR === undefined ? forExport : ["bash"]),
    join(scriptDirectory, "run-step.sh"),
    ...step.actions.map(({ kind, name }) => `${kind}:${name}`),
  ];
  const { program, prefix } = twin ?? emulated;
  try {
    await context.exec.run({
      program,
      args: [...prefix, ...command],
      cwd: directory,
      env: {
        ...env,
        ...confinement(context.spec),
        ...((await isMountedBefore(step)) && { PIBUILD_MOUNTED: "1" }),
      },
      logFile,
      onLine: (line) => {
        sees?.(line);
        const [, what, name] = marker.exec(line) ?? [];
        const known = step.actions.find((candidate) => candidate.name === name);
        if (what !== "Begin" || known === undefined) return;
        action = known.name;
        context.emit({ type: "action-started", step: step.id, action });
      },
    });
  } catch (error) {
    if (!isPibuildError(error, "COMMAND_FAILED")) throw error;
    const { tail } = error.data;
    const unseen = Object.keys(stepEnvironment(context, step, stagePath, directory)).filter(
      (name) => env[name] === undefined,
    );
    const { call } = context;
    const { name, stages, variables, hostDevices = false } = context.spec;
    const { APT_MIRROR = "", APT_SECURITY_MIRROR = "", SETFCAP } = variables;
    const debian = [APT_MIRROR, APT_SECURITY_MIRROR];
    const known = {
      setsCapabilities: SETFCAP === "1",
      ownDevices: !hostDevices,
      packagesOnly,
      debian,
    };
    const index = await findIndexStep(stages, step.id);
    const renew = index && call(["clean", name, "--from", index]);
    const cause =
      (await findKnownCause(tail, context.scratch, { renew, ...known })) ??
      (await nameUnseen(tail, context.spec, step.id, unseen));
    throw new PibuildError(
      "STEP_FAILED",
      {
        image: name,
        step: step.id,
        action,
        failure: { ...error.data, command: action },
        logFile,
        shell: call(["shell", name, step.id]),
      },
      { cause },
    );
  }
}
