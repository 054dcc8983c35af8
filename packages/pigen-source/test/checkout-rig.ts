import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pin, parsePin } from "@pibuild/config";
import { createExec, type Emit, PibuildError, removeTree } from "@pibuild/core";
import { createPigenOrigin, type PigenOrigin, pinText } from "@pibuild/test-kit";
import { onTestFinished } from "vitest";
import { findCheckout } from "../src/find-checkout.ts";
import { newerTags } from "../src/newer-tags.ts";
import { syncCheckout } from "../src/sync-checkout.ts";

export const tag = "2026-01-01-raspios-bookworm-arm64";

/** A workspace in a path with a space, and an origin whose tag it pins. */
export interface CheckoutRig {
  readonly workspace: string;
  readonly origin: PigenOrigin;
  readonly pin: Pin;
  sync(pin?: Pin, env?: NodeJS.ProcessEnv, emit?: Emit): ReturnType<typeof syncCheckout>;
  find(pin?: Pin, env?: NodeJS.ProcessEnv): ReturnType<typeof findCheckout>;
  newer(pin?: Pin, env?: NodeJS.ProcessEnv): ReturnType<typeof newerTags>;
}

/** Makes a rig that goes away with the test. The origin is the pin's own PI_GEN_REPO. */
export async function checkoutRig({ annotated = false } = {}): Promise<CheckoutRig> {
  const workspace = await realpath(await mkdtemp(join(tmpdir(), "pibuild pin-")));
  onTestFinished(() => removeTree(workspace));
  const origin = await createPigenOrigin();
  onTestFinished(() => origin[Symbol.asyncDispose]());
  const commit = await origin.tag(tag, { annotated });
  const ownPin = { ...pinOf({ PI_GEN_TAG: tag, PI_GEN_COMMIT: commit }), repo: origin.path };
  const exec = createExec();
  return {
    workspace,
    origin,
    pin: ownPin,
    sync: (pin = ownPin, env = {}, emit = () => {}) =>
      syncCheckout(workspace, pin, { exec, env, emit }),
    find: (pin = ownPin, env = {}) => findCheckout(workspace, async () => pin, { exec, env }),
    newer: (pin = ownPin, env = {}) => newerTags(workspace, pin, { exec, env }),
  };
}

export function pinOf(values: Readonly<Record<string, string>>): Pin {
  return parsePin("pi-gen-pin.env", pinText(values));
}

/** The error of an action that must fail as foreseen. */
export async function failure(action: Promise<unknown>): Promise<PibuildError> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PibuildError) return error;
  throw error ?? new Error("it did not fail");
}
