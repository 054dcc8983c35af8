import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { formatBytes, PibuildError, pathText, removeTree } from "@pibuild/core";
import {
  findWrittenApart,
  joinNames,
  keepHardLinks,
  type LayerRecord,
  type SharedNames,
} from "@pibuild/layers";
import { PackageStore } from "@pibuild/mirrors";
import { type Archives, lendArchives, takeArchives } from "./archives.ts";
import { executeStep } from "./execute-step.ts";
import { isWorthKeeping, keepFailedState } from "./keep-failed-state.ts";
import { packStep } from "./pack-step.ts";
import { rootfsDirectory } from "./paths.ts";
import { refuseDeployed } from "./refuse-deployed.ts";
import { refuseUnheld } from "./refuse-step.ts";
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
import type { StepRun } from "./step-run.ts";
import {
  mayLackSpace,
  type StepSpace,
  spaceInMemory,
  spaceOnDisk,
  stepMemory,
} from "./step-space.ts";

/**
 * Runs one step over the layers below it and puts what it changed into the store. A step that
 * fails leaves its half-done state for `pibuild shell`; nothing else of it remains. What it writes
 * is held in memory where there is enough, else on the store's disk. Throws STEP_FAILED, STEP_REFUSED,
 * STEP_CHANGED, ENV_DISK_FULL, STORE_UNUSABLE and INTERRUPTED.
 */
export async function runStep(context: RunContext, run: StepRun): Promise<LayerRecord> {
  const first = await runOnce(context, run);
  if (!isApart(first)) return first;
  const [names = []] = first;
  const written = names.map((name) => `\`${pathText(name)}\``).join(", ");
  const message = `${run.step.id} wrote to several names of one file (${written}), which came apart; it runs again with them together`;
  context.emit({ type: "notice", level: "info", message });
  const second = await runOnce(context, run, first);
  if (isApart(second)) throw new Error("a step ran twice with the names of its files together");
  return second;
}

/** Files that the overlay took apart under the step's hands. */
type Apart = readonly SharedNames[];

function isApart(result: LayerRecord | Apart): result is Apart {
  return Array.isArray(result);
}

/** `joined` are files that the step finds copied up already, each as one under all of its names. */
async function runOnce(
  context: RunContext,
  run: StepRun,
  joined: Apart = [],
): Promise<LayerRecord | Apart> {
  const { exec, emit, scratch } = context;
  const path = join(run.stack.directory, spaceDirectory);
  const bytes = await stepMemory(context.stepMemory, () => scratch.countRuns());
  if (bytes !== undefined) {
    await using space = await spaceInMemory(exec, path, bytes);
    try {
      return await runInSpace(context, run, space, joined);
    } catch (error) {
      if (!(await mayLackSpace(error, space))) throw error;
    }
    const message = `${run.step.id} wrote more than ${formatBytes(bytes)}; it runs again on disk`;
    emit({ type: "notice", level: "info", message });
  }
  await using space = await spaceOnDisk(path);
  return await runInSpace(context, run, space, joined);
}

async function runInSpace(
  context: RunContext,
  run: StepRun,
  space: StepSpace,
  joined: Apart,
): Promise<LayerRecord | Apart> {
  const { spec, exec, directories, store, scratch } = context;
  const { step, stack } = run;
  const started = performance.now();
  const begun = Date.now();
  const changes = join(stack.directory, changesDirectory);
  const archives: Archives = {
    cache: join(directories.packages, `${spec.release}-${spec.arch}`),
    directory: join(stack.directory, "archives"),
    store: new PackageStore(directories.packageStore),
  };
  const lists = join(rootfsDirectory(step.stage.name), "var/lib/apt/lists");
  const bootstrapped = stack.size === 0;
  await mkdir(changes);

  await mountStep(context, step, stack);
  await mountArchives(context, step, await lendArchives(exec, archives, lists));
  try {
    await joinNames(joined, rootfsDirectory(step.stage.name));
    await runScripts(context, run, { space, archives, lists });
    refuseDeployed(step.id, join(changes, "deploy"));
    const changed = join(changes, bootstrapped ? "work/rootfs" : "rootfs");
    if (existsSync(changed)) {
      const root = rootfsDirectory(step.stage.name);
      await refuseUnheld(context, step.id, { root, changes: changed });
    }
  } catch (error) {
    await unmountStep(context);
    if (isWorthKeeping(error) && !(await mayLackSpace(error, space))) {
      // What went wrong with the step says more than what went wrong with its remains.
      await keepFailedState(context, run, bootstrapped).catch(() => undefined);
    }
    throw error;
  }
  if (!bootstrapped) {
    const apart = await findWrittenApart(exec, join(changes, "rootfs"), stack);
    // Names that differ in spite of that are meant to.
    if (apart.length > 0 && joined.length === 0) {
      await unmountStep(context);
      return apart;
    }
    const merged = rootfsDirectory(step.stage.name);
    await keepHardLinks(exec, { changes: join(changes, "rootfs"), merged }, stack);
  }
  await unmountStep(context);

  // Of a large layer it takes seconds, and the last that a script said is no news by then.
  context.emit({ type: "action-started", step: step.id, action: "packing its layer" });
  await collectChanges(changes, bootstrapped);
  const packed = await packStep(context, run, changes);
  const record = await store.put(packed, {
    fingerprint: run.fingerprint,
    image: spec.name,
    step: step.id,
    inputs: run.inputs,
    durationMs: Math.round(performance.now() - started),
    stays: run.stays,
    deploys: existsSync(join(changes, "deploy")),
    build: run.readsBeyond ? context.build : undefined,
    ...(run.fetches.length === 0 ? {} : { fetched: { at: begun, by: run.fetches } }),
  });
  await removeTree(scratch.failed(spec.name));
  return record;
}

interface ScriptPlaces {
  readonly space: StepSpace;
  readonly archives: Archives;
  /** Where apt keeps its indexes. */
  readonly lists: string;
}

/** Runs the step's scripts, which see its inputs; what apt downloaded is taken also where they fail. */
async function runScripts(
  context: RunContext,
  { step, stack, inputs, twin, relay, readsBeyond }: StepRun,
  { space, archives, lists }: ScriptPlaces,
): Promise<void> {
  const path = join(stack.directory, spaceDirectory);
  const seen = Object.keys(inputs.settings);
  if (readsBeyond) await showWorkspace(context);
  else await showFiles(context, step, inputs.files, join(path, "files"));
  await showInputs(context, step.id, seen, join(stack.directory, "inputs"));
  try {
    await executeStep(context, step, { twin, relay, sees: space.sees, seen });
  } finally {
    await takeArchives(archives, lists);
  }
  // A script may have gone on without what it could not write.
  if (await space.wasFull()) throw new PibuildError("ENV_DISK_FULL", { path, freeBytes: 0 });
}
