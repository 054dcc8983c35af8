import type { LayerRecord, Stays } from "./record.ts";

/** How a secret's value stands among a fingerprint's settings: nobody without the key can guess it. */
export const hiddenPrefix = "hmac:";

/** Whether a layer may be given to another machine. */
export function mayLeave(record: LayerRecord): boolean {
  return staysOf(record) === undefined;
}

/** Why a new layer stays, by its own step and the layers below it, whose files it may hold copies of. */
export function staysAbove(
  own: Stays | undefined,
  below: readonly LayerRecord[],
): Stays | undefined {
  const all = [own, ...below.map(staysOf)];
  return all.includes("secret") ? "secret" : all.find((stays) => stays !== undefined);
}

function staysOf({ stays, inputs, version }: LayerRecord): Stays | undefined {
  const hidden = Object.values(inputs.settings).some((value) => value.startsWith(hiddenPrefix));
  if (stays === "secret" || hidden) return "secret";
  return stays ?? (version === 1 ? "machine" : undefined);
}
