import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  formatBytes,
  isPibuildError,
  PibuildError,
  type RunDirectory,
  removeTree,
  type Sha256,
} from "@pibuild/core";
import {
  dropIdleOpaque,
  type FingerprintData,
  keepHardLinks,
  type LayerRecord,
  type LayerStack,
  normalise,
  packLayer,
  type Stays,
} from "@pibuild/layers";
import { lendPackages, returnPackages } from "@pibuild/mirrors";
import type { Step } from "@pibuild/pigen-stages";
import { type Redirection, refuseTwinFiles } from "@pibuild/twin";
import { executeStep } from "./execute-step.ts";
import { writeFailedNote } from "./failed-note.ts";
import { dropHelperTraces } from "./helper-layer.ts";
import { rootfsDirectory } from "./paths.ts";
import type { RunContext } from "./run-context.ts";
import { showFiles, showWorkspace } from "./show-files.ts";
import { showInputs } from "./show-inputs.ts";
import {
  changesDirectory,
  collectChanges,
  mountArchives,
  mountStep,
  spaceDirectory,
  unmountStep,
} from "./step-mounts.ts";
import {
  mayLackSpace,
  type StepSpace,
  spaceInMemory,
  spaceOnDisk,
  stepMemory,
} from "./step-space.ts";

export interface StepRun {
  readonly step: Step;
  readonly fingerprint: Sha256;
  readonly inputs: FingerprintData;
  /** Why the layer will stay on this machine. */
  readonly stays: Stays | undefined;
  /** It may read files that its inputs do not have. */
  readonly readsBeyond: boolean;
  /** The layers below, bottom first. */
  readonly below: readonly Sha256[];
  /** The same, mounted. */
  readonly stack: LayerStack;
  readonly runDirectory: RunDirectory;
  /** Undefined where all of the step is emulated. */
  readonly twin: Redirection | undefined;
  /** Whether the step's inputs are still those of the fingerprint. */
  readonly unchanged: () => Promise<boolean>;
}

/**
 * Runs one step over the layers below it and puts what it changed into the store. A step that
 * fails leaves its half-done state for `pibuild shell`; nothing else of it remains. What it writes
 * is held in memory where there is enough, else on the store's disk. Throws STEP_FAILED, STEP_CHANGED,
 * ENV_DISK_FULL, STORE_UNUSABLE and INTERRUPTED.
 */
export async function runStep(context: RunContext, run: StepRun): Promise<LayerRecord> {
  const { exec, emit, scratch } = context;
  const path = join(run.stack.directory, spaceDirectory);
  const bytes = await stepMemory(context.stepMemory, () => scratch.countRuns());
  if (bytes !== undefined) {
    await using space = await spaceInMemory(exec, path, bytes);
    try {
      return await runInSpace(context, run, space);
    } catch (error) {
      if (!(await mayLackSpace(error, space))) throw error;
    }
    const message = `${run.step.id} wrote more than ${formatBytes(bytes)}; it runs again on disk`;
    emit({ type: "notice", level: "info", message });
  }
  await using space = await spaceOnDisk(path);
  return await runInSpace(context, run, space);
}

async function runInSpace(
  context: RunContext,
  run: StepRun,
  space: StepSpace,
): Promise<LayerRecord> {
  const { spec, exec, directories, store, scratch } = context;
  const { step, stack, runDirectory } = run;
  const started = performance.now();
  const path = join(stack.directory, spaceDirectory);
  const changes = join(stack.directory, changesDirectory);
  const archives = join(stack.directory, "archives");
  const packageCache = join(directories.packages, `${spec.release}-${spec.arch}`);
  const bootstrapped = stack.size === 0;
  await mkdir(changes);
  await lendPackages(packageCache, archives);

  await mountStep(context, step, stack);
  await mountArchives(context, step, archives);
  const seen = Object.keys(run.inputs.settings);
  try {
    if (run.readsBeyond) await showWorkspace(context);
    else await showFiles(context, step, run.inputs.files, join(path, "files"));
    await showInputs(context, step.id, seen, join(stack.directory, "inputs"));
    await executeStep(context, step, { twin: run.twin, sees: space.sees, seen });
    // A script may have gone on without what it could not write.
    if (await space.wasFull()) throw new PibuildError("ENV_DISK_FULL", { path, freeBytes: 0 });
  } catch (error) {
    await unmountStep(context);
    // On a full disk the half-done state would keep the space that the next try needs.
    if (isPibuildError(error, "STEP_FAILED") && !isPibuildError(error.cause, "ENV_DISK_FULL")) {
      if (!(await mayLackSpace(error, space))) {
        // What went wrong with the step says more than what went wrong with its remains.
        await keepFailedState(context, run, bootstrapped).catch(() => undefined);
      }
    }
    throw error;
  } finally {
    await returnPackages(archives, packageCache);
  }
  if (!bootstrapped) {
    const merged = rootfsDirectory(step.stage.name);
    await keepHardLinks(exec, { changes: join(changes, "rootfs"), merged }, stack);
  }
  await unmountStep(context);

  await collectChanges(changes, bootstrapped);
  await dropHelperTraces(join(changes, "rootfs"), stack);
  await dropIdleOpaque(
    exec,
    { rootfs: join(changes, "rootfs"), work: join(changes, "work") },
    stack,
  );
  if (run.twin !== undefined) await refuseTwinFiles(join(changes, "rootfs"), step.id);
  await normalise(
    exec,
    { rootfs: join(changes, "rootfs"), work: join(changes, "work") },
    spec.sourceDateEpoch,
  );
  // Scripts were read while they ran: an edit meanwhile may be in the layer, or not.
  if (!(await run.unchanged())) throw new PibuildError("STEP_CHANGED", { step: step.id });
  const packed = join(runDirectory.path, "layer.squashfs");
  await packLayer(exec, {
    directory: changes,
    output: packed,
    sourceDateEpoch: spec.sourceDateEpoch,
  });
  const record = await store.put(packed, {
    fingerprint: run.fingerprint,
    image: spec.name,
    step: step.id,
    inputs: run.inputs,
    durationMs: Math.round(performance.now() - started),
    stays: run.stays,
  });
  await removeTree(scratch.failed(spec.name));
  return record;
}

/** Moves the half-done tree where `pibuild shell` finds it; the last failure of an image counts. */
async function keepFailedState(
  context: RunContext,
  { step, stack, below, runDirectory }: StepRun,
  bootstrapped: boolean,
): Promise<void> {
  const changes = join(stack.directory, changesDirectory);
  await collectChanges(changes, bootstrapped);
  await dropHelperTraces(join(changes, "rootfs"), stack);
  const destination = context.scratch.failed(context.spec.name);
  await mkdir(dirname(destination), { recursive: true });
  // From memory to disk: no rename can do that.
  await context.exec.run({
    program: "cp",
    args: ["--archive", changes, join(runDirectory.path, "failed")],
  });
  await runDirectory.keep("failed", destination);
  await chmod(destination, 0o700);
  await writeFailedNote(destination, { step: step.id, layers: below });
}
