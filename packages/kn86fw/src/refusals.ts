const fetchAgain = "fetch it again, and compare its sha256 with the one it was published with";
const rebuild = "its maker has to build it again: what was signed contradicts itself";

/**
 * Why a payload is refused, and what to do about it: the words of docs/kn86fw.md, in the order in
 * which they are asked.
 */
export const refusalHints = {
  slot: "boot the device normally, and see what `autoboot.txt` names",
  unconfirmed: "commit the running system, or restart the device to go back to the old one",
  mounted: "unmount it, or name the slot that does not run",
  format: fetchAgain,
  unsigned: "sign it with `pibuild payload sign`",
  key: "sign it with a key that the device trusts, or name the public key with `--key`",
  signature: fetchAgain,
  manifest: rebuild,
  size: fetchAgain,
  compatible: "take the payload that was built for this product",
  board: "take the payload that was built for this board",
  layout: "write a whole image to the card: an update cannot change its partitions",
  "slot-size": "write a whole image to the card: an update cannot change its partitions",
  epoch: "take a newer payload: older ones are shut out for the sake of security",
  version: "take a newer payload, or allow this one with `--allow-downgrade`",
  body: fetchAgain,
  index: rebuild,
  base: "take the full payload: a delta needs exactly the system that it was made from",
  chunk: fetchAgain,
} as const;

export type PayloadRefusal = keyof typeof refusalHints;

export const payloadRefusals = Object.keys(refusalHints) as PayloadRefusal[];
