export { type ApplyOptions, applyPayload } from "./apply/apply-payload.ts";
export { autobootForm, readAutobootSector } from "./apply/autoboot-sector.ts";
export { type BlockDevice, openDevice } from "./apply/block-device.ts";
export { type Accepted, checkPayload } from "./apply/check.ts";
export {
  type CommitOptions,
  type CommitStep,
  commitSteps,
  commitUpdate,
  settleUpdate,
  type UpdateOutcome,
} from "./apply/commit.ts";
export type { Target, TargetSlot } from "./apply/target.ts";
export { directoryState, type Pending, type UpdateState } from "./apply/update-state.ts";
export { buildDelta, type DeltaOptions } from "./build/build-delta.ts";
export { type BuildOptions, buildPayload, type SlotImage } from "./build/build-payload.ts";
export { payloadImage } from "./build/payload-image.ts";
export { type SlotCmdlines, slotCmdlines } from "./build/slot-cmdlines.ts";
export type { Description } from "./build/write-options.ts";
export { checkDevice, type Receiver } from "./device/check-device.ts";
export { checkUnmounted } from "./device/check-unmounted.ts";
export {
  type DeviceFacts,
  type Floor,
  formatKeyValues,
  greaterFloor,
  noFloor,
  parseKeyValues,
  readDeviceFacts,
} from "./device/device-facts.ts";
export {
  type Boot,
  bootPartitions,
  otherSlot,
  type Running,
  runningSlot,
} from "./device/running-slot.ts";
export { cmdlineForm } from "./format/cmdline-form.ts";
export type { ImageName, Manifest, Slot } from "./format/manifest.ts";
export { compareVersions } from "./format/version.ts";
export { type ImageSummary, type Inspection, inspectPayload } from "./inspect/inspect-payload.ts";
export { keyId } from "./keys/ed25519.ts";
export { keySigner, readSigner, type Signer } from "./keys/signer.ts";
export { readTrustedKeys, type TrustedKeys, trustKeys } from "./keys/trusted-keys.ts";
export { checkBody } from "./read/check-body.ts";
export type { Envelope } from "./read/envelope.ts";
export { type OpenOptions, openPayload, type Payload } from "./read/open-payload.ts";
export { type Indexes, readIndexes } from "./read/read-indexes.ts";
export { bytesSource, type FileRegion, openSource, type Source } from "./read/source.ts";
export { type SignOptions, signPayload } from "./sign/sign-payload.ts";
export { type BaseImages, type Verified, verifyPayload } from "./verify/verify-payload.ts";
