import { formatBytes } from "@pibuild/core";
import type { Manifest } from "../format/manifest.ts";
import { compareVersions } from "../format/version.ts";
import { refuse } from "../refuse.ts";
import { type DeviceFacts, type Floor, greaterFloor } from "./device-facts.ts";

/** What of a device decides whether a payload fits. */
export interface Receiver {
  readonly device: DeviceFacts;
  /** What the device keeps beside its systems. */
  readonly floor: Floor;
  /** Bytes of the partitions that would be written, where they are known. */
  readonly slot?: { readonly boot: number; readonly root: number };
  /** An older version may be installed; never an older epoch. */
  readonly allowDowngrade?: boolean;
}

/** Refuses a payload for another product, board or disk, or one that is older than allowed. */
export function checkDevice(name: string, manifest: Manifest, receiver: Receiver): void {
  const { device, slot } = receiver;
  if (manifest.compatible !== device.compatible) {
    const problem = `it is for \`${manifest.compatible}\`, and this is \`${device.compatible}\``;
    refuse(name, "compatible", problem);
  }
  if (!manifest.boards.includes(device.board)) {
    const problem = `it is for ${manifest.boards.join(", ")}, and this is ${device.board}`;
    refuse(name, "board", problem);
  }
  if (manifest.layout !== device.layout) {
    const problem = `it is for a disk of layout ${manifest.layout.slice(0, 16)}, and this one has ${device.layout.slice(0, 16)}`;
    refuse(name, "layout", problem);
  }
  for (const image of ["boot", "root"] as const) {
    const [there, wanted] = [slot?.[image], manifest.images[image].slot];
    if (there === undefined || there === wanted) continue;
    const problem = `the ${image} partition has ${formatBytes(there)} (${there} bytes), and it was made for ${wanted} bytes`;
    refuse(name, "slot-size", problem);
  }
  checkFloor(name, manifest, receiver);
}

function checkFloor(name: string, manifest: Manifest, receiver: Receiver): void {
  const floor = greaterFloor(receiver.floor, receiver.device);
  if (manifest.securityEpoch < floor.securityEpoch) {
    const problem = `its security epoch is ${manifest.securityEpoch}, and this device is at ${floor.securityEpoch}`;
    refuse(name, "epoch", problem);
  }
  if (receiver.allowDowngrade) return;
  if (compareVersions(manifest.version, floor.version) < 0) {
    const problem = `it is version ${manifest.version}, and this device is at ${floor.version}`;
    refuse(name, "version", problem);
  }
}
