import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { acquireLock, createRunDirectory, isPibuildError } from "@pibuild/core";
import { createLayerStack, type LayerRecord } from "@pibuild/layers";
import type { DescribeStep } from "../plan/describe-step.ts";
import { decide } from "../plan/plan-chain.ts";
import { stepLogFile } from "../run/execute-step.ts";
import { helperDirectory, makeHelperLayer } from "../run/helper-layer.ts";
import type { RunContext } from "../run/run-context.ts";
import { runStep } from "../run/run-step.ts";
import type { Step } from "../step/step.ts";

/**
 * Makes sure that every step of a chain has its layer: takes it from the store, or runs the
 * step. Returns the layers, bottom first. Runs as root in a prepared namespace.
 */
export async function buildChain(
  context: RunContext,
  steps: readonly Step[],
  describe: DescribeStep,
): Promise<LayerRecord[]> {
  const { store, image, emit, exec, directories } = context;
  await using runDirectory = await createRunDirectory(directories.runs);
  const stack = createLayerStack(exec, join(runDirectory.path, "layers"));
  await mkdir(stack.directory);
  await makeHelperLayer(join(stack.directory, helperDirectory), image.sourceDateEpoch);
  const layers: LayerRecord[] = [];

  for (const step of steps) {
    const definition = await describe(step);
    let decision = await decide(store, image.name, step, definition, layers);
    if (!decision.cached) {
      // Another build may be making the same layer: wait for it, and look again.
      await using _lock = await acquireLock(
        join(directories.store, "locks", decision.fingerprint),
        () => emit({ type: "waiting", what: `another build to finish ${step.id}` }),
      );
      // The first look dropped a corrupt blob, so only it knows that reason.
      const { reason } = decision;
      decision = await decide(store, image.name, step, definition, layers);
      if (!decision.cached) {
        const { fingerprint, inputs } = decision;
        const started = performance.now();
        emit({ type: "step-started", step: step.id, reason, logFile: stepLogFile(context, step) });
        try {
          for (const { layer } of layers.slice(stack.size)) await stack.push(store.blobPath(layer));
          const record = await runStep(context, { step, fingerprint, inputs, stack, runDirectory });
          emit({
            type: "step-finished",
            step: step.id,
            durationMs: performance.now() - started,
            layer: record.layer.digest,
            layerBytes: record.layer.bytes,
          });
          layers.push(record);
        } catch (error) {
          if (!isPibuildError(error, "INTERRUPTED"))
            emit({ type: "step-failed", step: step.id, durationMs: performance.now() - started });
          throw error;
        }
        continue;
      }
    }
    emit({ type: "step-cached", step: step.id });
    layers.push(decision.record);
  }
  return layers;
}
