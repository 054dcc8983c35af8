import type { OpenOptions } from "../read/open-payload.ts";
import type { Source } from "../read/source.ts";
import { type Accepted, checkPayload } from "./check.ts";
import { applySteps } from "./steps.ts";
import type { Target } from "./target.ts";

export interface ApplyOptions extends OpenOptions {
  /** Called with the bytes of each piece of an image that was written. */
  readonly onWritten?: (bytes: number) => void;
}

/**
 * Checks a payload, writes it to the slot that does not run, and remembers that the firmware may
 * try it. Throws PAYLOAD_REFUSED before the first write for every payload that does not fit or is
 * not what was signed. An update that was cut off is started again from the beginning.
 */
export async function applyPayload(
  file: Source,
  target: Target,
  { onWritten = () => undefined, ...options }: ApplyOptions,
): Promise<Accepted> {
  const accepted = await checkPayload(file, target, options);
  const update = { ...accepted, target, onWritten };
  for (const step of applySteps) await step.run(update);
  return accepted;
}
