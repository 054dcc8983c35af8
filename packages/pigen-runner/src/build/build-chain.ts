import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Fetch, HeldResources, isPibuildError, type RunDirectory } from "@pibuild/core";
import { createLayerStack, type LayerRecord, type LayerStack, pushLayers } from "@pibuild/layers";
import type { Step } from "@pibuild/pigen-stages";
import { prepareTwin, type Redirection } from "@pibuild/twin";
import type { Chain } from "../plan/chain.ts";
import { type Decision, decide } from "../plan/plan-chain.ts";
import { hostLines } from "../run/build-apt.ts";
import { stepLogFile } from "../run/execute-step.ts";
import { aptOptions } from "../run/fetch-files.ts";
import { helperDirectory, makeHelperLayer } from "../run/helper-layer.ts";
import { openPackages, type RunProxy } from "../run/package-proxy.ts";
import type { RunContext } from "../run/run-context.ts";
import { runStep } from "../run/run-step.ts";
import { againForLost } from "./again-for-lost.ts";
import { rootLayer } from "./root-layer.ts";

type ChainParts = Pick<Chain, "context" | "steps" | "describe">;

/**
 * Makes sure that every step of a chain has its layer: takes it from the store, or runs the
 * step. Returns the layers, bottom first. Runs as root in a prepared namespace. Throws what `runStep`
 * throws, and STORE_UNUSABLE.
 */
export async function buildChain(chain: ChainParts): Promise<LayerRecord[]> {
  return againForLost(() => buildOnce(chain));
}

async function buildOnce({ context, steps, describe }: ChainParts): Promise<LayerRecord[]> {
  const { spec } = context;
  await using opened = new HeldResources();
  // Where all is cached, the store may be one that can only be read.
  let place: Promise<Place> | undefined;
  const open = () => (place ??= openPlace(context, opened));
  const layers: LayerRecord[] =
    spec.root === undefined ? [] : [await rootLayer(context, spec.root)];
  // Only a step that runs needs it.
  let prepared: Promise<Redirection | undefined> | undefined;
  const twin = () =>
    (prepared ??= open().then(({ proxy }) =>
      prepareTwin(
        { ...context, aptOptions: [...aptOptions, ...hostLines(proxy.apt)] },
        { bootstrap: layers.length === 0 },
      ),
    ));
  for (const step of steps) {
    const decideNow = async () =>
      decide({ ...context, image: spec.name }, step, await describe(step), layers);
    const decision = await decideNow();
    if (decision.cached) {
      layers.push(await takeCached(context, step, decision));
    } else {
      layers.push(await runLocked(context, step, decision, decideNow, { layers, open, twin }));
    }
  }
  return layers;
}

/** Where steps run. */
interface Place {
  readonly runDirectory: RunDirectory;
  /** Of the layers, those that are mounted: a step that is cached needs no mount. */
  readonly stack: LayerStack;
  readonly proxy: RunProxy;
}

async function openPlace(context: RunContext, opened: HeldResources): Promise<Place> {
  const { spec, exec, scratch } = context;
  const runDirectory = opened.use(await scratch.openRun());
  const stack = createLayerStack(exec, join(runDirectory.path, "layers"));
  await mkdir(stack.directory);
  const proxy = opened.use(await openPackages(context));
  await makeHelperLayer(join(stack.directory, helperDirectory), {
    ...spec,
    apt: proxy.apt,
  });
  return { runDirectory, stack, proxy };
}

interface Below {
  readonly layers: readonly LayerRecord[];
  readonly open: () => Promise<Place>;
  readonly twin: () => Promise<Redirection | undefined>;
}

/** Another build may be making the same layer: waits for it, looks again, and then runs the step. */
async function runLocked(
  context: RunContext,
  step: Step,
  { fingerprint, reason }: Exclude<Decision, { cached: true }>,
  decideNow: () => Promise<Decision>,
  below: Below,
): Promise<LayerRecord> {
  const { emit, scratch } = context;
  await using _lock = await scratch.lock(fingerprint, () =>
    emit({ type: "waiting", what: `another build to finish ${step.id}` }),
  );
  const decision = await decideNow();
  // The first decideNow dropped a corrupt blob, so only it knows that reason.
  if (!decision.cached)
    return await runReported(context, step, { ...decision, reason }, decideNow, below);
  return await takeCached(context, step, decision);
}

async function takeCached(
  { emit, spec, store }: RunContext,
  step: Step,
  { record, fetches }: Extract<Decision, { cached: true }>,
): Promise<LayerRecord> {
  emit({ type: "step-cached", step: step.id, ...told(fetches) });
  await store.use(spec.name, step.id, record);
  return record;
}

/** For events. */
function told(fetches: readonly Fetch[]): { readonly fetches?: readonly Fetch[] } {
  return fetches.length === 0 ? {} : { fetches };
}

async function runReported(
  context: RunContext,
  step: Step,
  { fingerprint, inputs, stays, fetches, reason, changes }: Exclude<Decision, { cached: true }>,
  decideNow: () => Promise<Decision>,
  { layers, open, twin }: Below,
): Promise<LayerRecord> {
  const { emit, store } = context;
  const started = performance.now();
  const elapsed = () => ({ step: step.id, durationMs: performance.now() - started });
  const logFile = stepLogFile(context, step);
  emit({ type: "step-started", step: step.id, reason, changes, logFile });
  try {
    const { runDirectory, stack, proxy } = await open();
    await pushLayers(
      stack,
      store,
      layers.slice(stack.size).map(({ layer }) => layer),
    );
    const unchanged = async () => {
      const again = await decideNow();
      return again.cached || again.fingerprint === fingerprint;
    };
    const record = await runStep(context, {
      step,
      fingerprint,
      inputs,
      stays,
      fetches,
      readsBeyond: reason.kind === "inputs-unknown",
      below: layers.map(({ layer }) => layer.digest),
      stack,
      runDirectory,
      twin: await twin(),
      relay: proxy.relay,
      unchanged,
    });
    const { digest, bytes } = record.layer;
    emit({
      type: "step-finished",
      ...elapsed(),
      layer: digest,
      layerBytes: bytes,
      ...told(fetches),
    });
    return record;
  } catch (error) {
    // A layer that the cache lost is no fault of the step: it runs again.
    if (isPibuildError(error, "LAYER_LOST")) throw error;
    const type = isPibuildError(error, "INTERRUPTED") ? "step-stopped" : "step-failed";
    emit({ type, ...elapsed() });
    throw error;
  }
}
