import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  applyPayload,
  buildPayload,
  cmdlineForm,
  type DeviceFacts,
  directoryState,
  keySigner,
  openDevice,
  openPayload,
  openSource,
  signPayload,
  trustKeys,
  verifyPayload,
} from "@pibuild/kn86fw";

// A field update of two images: made, signed, verified, and written to the slot that does not run.
const offset = 8192;
const cmdline = {
  offset,
  a: cmdlineForm("root=PARTUUID=4b4e-04"),
  b: cmdlineForm("root=PARTUUID=4b4e-05"),
};
const layout = "1f".repeat(32);
const device: DeviceFacts = {
  compatible: "deck",
  board: "zero2w",
  layout,
  version: "1.0.0",
  securityEpoch: 1,
};
const description = {
  compatible: "deck",
  boards: ["zero2w"],
  layout,
  version: "1.1.0",
  securityEpoch: 1,
  createdAt: 1_767_225_600,
};
const output = "deck.kn86fw";
await buildPayload({
  output,
  description,
  boot: { path: "boot.img" },
  root: { path: "root.img" },
  cmdline,
});
const keys = generateKeyPairSync("ed25519");
const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" });
await signPayload({ payload: output, signers: [keySigner(privateKey)] });

const trust = trustKeys([keys.publicKey.export({ type: "spki", format: "pem" })]);
const file = await openSource({ path: output });
const verified = await verifyPayload(await openPayload(file, { trust }));
const [boot, root] = [
  await openDevice({ path: "slot-boot.img" }),
  await openDevice({ path: "slot-root.img" }),
];
const { slot } = await applyPayload(
  file,
  {
    device,
    state: directoryState("state"),
    running: { slot: "a", confirmed: true },
    inactive: { boot, root },
    active: { boot, root },
  },
  { trust },
);
const same = (await readFile("slot-root.img")).equals(await readFile("root.img"));
for (const each of [file, boot, root]) await each[Symbol.asyncDispose]();
console.log(verified.rawBytes, slot, same);
