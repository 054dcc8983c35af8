import { PibuildError } from "@pibuild/core";
import { undoBinfmt } from "../../src/index.ts";
import type { Rig } from "./rig.ts";

/** What a change did, and whether undoing it left everything as it was. */
export async function changed(
  rig: Rig,
  change: () => Promise<{ readonly state: string; readonly handler?: { readonly name: string } }>,
  options = rig.options,
) {
  const before = await rig.entries();
  const { state: was } = await rig.status();
  const { state, handler } = await change();
  const exitCode = await rig.run();
  const on = Object.entries(await rig.entries())
    .filter(([, text]) => text.startsWith("enabled"))
    .map(([name]) => name);
  await undoBinfmt(["arm64"], rig.exec, options);
  const restored = JSON.stringify(await rig.entries()) === JSON.stringify(before);
  return { was, state, taken: handler?.name, exitCode, on, restored };
}

export async function failure(work: () => Promise<unknown>) {
  try {
    return { result: await work() };
  } catch (error) {
    if (!(error instanceof PibuildError)) throw error;
    const { code, message, hint, data } = error;
    return { code, message, hint, data };
  }
}
