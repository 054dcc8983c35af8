import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { formatCommand, ownProcesses, PibuildError, type Sha256 } from "@pibuild/core";
import { createLayerStack, mountOverlay, pushLayers } from "@pibuild/layers";
import type { Step } from "@pibuild/pigen-stages";
import type { Chain } from "../plan/chain.ts";
import { planChain } from "../plan/plan-chain.ts";
import { readFailedNote } from "../run/failed-note.ts";
import { helperDirectory, makeHelperLayer } from "../run/helper-layer.ts";
import { rootfsDirectory, scriptDirectory } from "../run/paths.ts";
import { bind, prepareNamespace } from "../run/prepare-namespace.ts";
import { confinement, neutralEnvironment } from "../run/step-environment.ts";

/** Which state of a step a shell opens. */
export type ShellState = "before" | "after" | "failed";

/**
 * Opens an interactive shell in the image's chroot and returns its exit code. Changes go to a
 * scratch layer and are thrown away. Runs as root in a mount namespace of its own.
 */
export async function openShell(
  chain: Chain,
  stepId: string,
  wanted: ShellState | undefined,
  message: (text: string) => void,
): Promise<number> {
  const { context, steps } = chain;
  const { spec } = context;
  const index = steps.findIndex(({ id }) => id === stepId);
  const step = steps[index];
  if (step === undefined) {
    const known = steps.map(({ id }) => id);
    throw new PibuildError("STEP_UNKNOWN", { image: spec.name, step: stepId, known });
  }
  const failed = context.scratch.failed(spec.name);
  const note = await readFailedNote(failed);
  const state = wanted ?? (note?.step === stepId ? "failed" : "after");

  await context.scratch.sweep();
  await using run = await context.scratch.openRun();
  await prepareNamespace(context.exec, context.spec);
  const stack = createLayerStack(context.exec, join(run.path, "layers"));
  await mkdir(stack.directory);
  await makeHelperLayer(join(stack.directory, helperDirectory), spec);
  const layers =
    state !== "after" && note?.step === stepId
      ? note.layers
      : await layersOf(chain, state === "after" ? index + 1 : index);
  await pushLayers(
    stack,
    context.store,
    layers.map((digest) => ({ digest })),
  );
  const lowers = [...stack.lowers("rootfs"), helperDirectory];
  if (state === "failed") {
    // The failed changes stay as they are: they become one more lower layer.
    const from = join(failed, "rootfs");
    await mkdir(from, { recursive: true });
    await bind(context.exec, from, join(stack.directory, "failed"));
    lowers.unshift("failed");
  }
  const moment = state === "failed" ? `in which ${stepId} failed` : `${state} ${stepId}`;
  const target = rootfsDirectory(step.stage.name);
  await mountOverlay(context.exec, {
    cwd: stack.directory,
    lowers,
    target,
    changes: { upper: "changes", scratch: "scratch" },
  });
  if (!(await exists(join(target, "bin/bash")))) {
    throw new PibuildError("USAGE", {
      message: `in the state ${moment} the image has no shell: its tree is not made yet`,
    });
  }
  message(`${spec.name}: the state ${moment}; changes are thrown away. Leave with \`exit\`.`);
  return await runShell(chain, step, target);
}

/** A shell in the chroot of a step's tree, with what its scripts may read. */
async function runShell({ context }: Chain, { stage }: Step, target: string): Promise<number> {
  const { exitCode } = await context.exec.run({
    program: "unshare",
    args: [
      ...[...ownProcesses, "perl", join(scriptDirectory, "process-1.pl")],
      ...["bash", join(scriptDirectory, "shell.sh")],
    ],
    env: {
      PATH: neutralEnvironment.PATH,
      HOME: neutralEnvironment.HOME,
      ...context.spec.variables,
      ...confinement(context.spec),
      ROOTFS_DIR: target,
      STAGE: stage.name,
      SCRIPT_DIR: scriptDirectory,
      PIBUILD_RESOLV_CONF: "/etc/resolv.conf",
    },
    interactive: true,
    allowExit: Array.from({ length: 256 }, (_, code) => code),
  });
  return exitCode;
}

/** The layers of the first `count` steps; all of them must be in the store. */
async function layersOf({ context, steps, describe }: Chain, count: number): Promise<Sha256[]> {
  const plan = await planChain(context.store, context.spec.name, steps.slice(0, count), describe);
  const missing = plan.find(({ record }) => record === undefined);
  if (missing !== undefined) {
    const { step, reason } = missing;
    const build = `run \`${formatCommand(["pibuild", "build", context.spec.name])}\` first`;
    const message =
      reason.kind === "changed"
        ? `\`${step.id}\` is not built as it is now (changed: ${reason.fields.join(", ")}): set the variables that the build had, or ${build}`
        : `\`${step.id}\` is not built yet; ${build}`;
    throw new PibuildError("USAGE", { message });
  }
  return plan.flatMap(({ record }) => record?.layer.digest ?? []);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
