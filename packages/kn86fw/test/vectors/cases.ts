import { payloadRefusals } from "../../src/refusals.ts";
import { description } from "../rig.ts";
import { newSystem } from "./systems.ts";

export const good = { full: "good-full", delta: "good-delta", threeKeys: "good-three-keys" };

const { boot, root } = newSystem();
const deck = {
  COMPATIBLE: description.compatible,
  BOARD: "zero2w",
  LAYOUT: description.layout,
  VERSION: "1.1.0",
  SECURITY_EPOCH: 2,
  BOOT_SIZE: boot.length,
  ROOT_SIZE: root.length,
};
const lines = (values: Record<string, string | number>) =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");

/** `/etc/kn86/device`, and with it the sizes of a slot's partitions. */
export const devices: Record<string, string> = {
  deck: lines(deck),
  "deck-same-version": lines({ ...deck, VERSION: "1.2.0", SECURITY_EPOCH: 3 }),
  "deck-before-release": lines({ ...deck, VERSION: "1.2.0-rc.1" }),
  "deck-newer": lines({ ...deck, VERSION: "1.10.0-rc.1" }),
  "deck-next-epoch": lines({ ...deck, SECURITY_EPOCH: 4 }),
  "other-product": lines({ ...deck, COMPATIBLE: "kn86-desk" }),
  "other-board": lines({ ...deck, BOARD: "pi4" }),
  "other-layout": lines({ ...deck, LAYOUT: "2".repeat(64) }),
  "small-slots": lines({ ...deck, ROOT_SIZE: 65536 }),
  "large-slots": lines({ ...deck, ROOT_SIZE: root.length + 4096 }),
};

/** `.kn86/floor`; `none` is that there is no such file. */
export const floors: Record<string, string> = {
  low: "SECURITY_EPOCH=1\nVERSION=1.0.0\n",
  "high-epoch": "SECURITY_EPOCH=4\nVERSION=1.0.0\n",
  "high-version": "SECURITY_EPOCH=0\nVERSION=1.2.1-alpha\n",
};

interface Row {
  readonly payload: string;
  readonly device?: string;
  readonly floor?: string;
  readonly keys?: string;
  readonly base?: string;
  readonly expect: string;
}

const rows: readonly Row[] = [
  { payload: good.full, expect: "ok" },
  { payload: good.full, floor: "low", expect: "ok" },
  { payload: good.full, device: "deck-same-version", expect: "ok" },
  { payload: good.full, device: "deck-before-release", expect: "ok" },
  { payload: good.threeKeys, expect: "ok" },
  { payload: good.threeKeys, keys: "other", expect: "ok" },
  { payload: good.delta, expect: "ok" },
  { payload: good.delta, base: "touched", expect: "base" },
  { payload: good.delta, base: "new-a", expect: "base" },
  { payload: good.full, base: "touched", expect: "ok" },
  { payload: good.full, keys: "other", expect: "key" },
  { payload: good.full, device: "other-product", expect: "compatible" },
  { payload: good.full, device: "other-board", expect: "board" },
  { payload: good.full, device: "other-layout", expect: "layout" },
  { payload: good.full, device: "small-slots", expect: "slot-size" },
  { payload: good.full, device: "large-slots", expect: "slot-size" },
  { payload: good.full, device: "deck-newer", expect: "version" },
  { payload: good.full, device: "deck-next-epoch", expect: "epoch" },
  { payload: good.full, floor: "high-epoch", expect: "epoch" },
  { payload: good.full, floor: "high-version", expect: "version" },
];

/** The table of all vectors: those above, and each bad payload on a device that it would fit. */
export function table(payloads: readonly string[]): string {
  const bad = payloads
    .filter((payload) => !Object.values(good).includes(payload))
    .map((payload): Row => ({ payload, expect: refusalIn(payload) }));
  const fields = [...rows, ...bad].map(
    ({ payload, device = "deck", floor = "none", keys = "device", base = "old", expect }) =>
      [payload, device, floor, keys, base, expect].join("\t"),
  );
  return `${["payload\tdevice\tfloor\tkeys\tbase\texpect", ...fields].join("\n")}\n`;
}

/** A bad payload is named after its refusal. */
function refusalIn(payload: string): string {
  const refusal = payloadRefusals.find(
    (word) => payload === word || payload.startsWith(`${word}-`),
  );
  if (refusal === undefined) throw new Error(`${payload} is named after no refusal`);
  return refusal;
}
