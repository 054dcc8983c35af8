import { cmdlineBytes } from "./limits.ts";
import type { Manifest } from "./manifest.ts";
import { archiveEnd, type Member, memberBytes } from "./ustar.ts";

export const magic = Buffer.from("kn86fw/2\n");
export const magicName = "kn86fw";
export const manifestName = "manifest.json";
export const signaturePrefix = "signatures/";

export type BodyMemberName =
  | "cmdline/a"
  | "cmdline/b"
  | "index/boot"
  | "index/root"
  | "data/root.zst"
  | "data/boot.zst";

export interface BodyMember extends Member {
  readonly name: BodyMemberName;
  /** Of its content, from the start of the body. */
  readonly offset: number;
}

/** The members after the signatures in their order; what makes a slot bootable is last. */
export function bodyMembers(images: Manifest["images"]): BodyMember[] {
  const sizes: [BodyMemberName, number][] = [
    ["cmdline/a", cmdlineBytes],
    ["cmdline/b", cmdlineBytes],
    ["index/boot", images.boot.index.size],
    ["index/root", images.root.index.size],
    ["data/root.zst", images.root.data],
    ["data/boot.zst", images.boot.data],
  ];
  let next = 0;
  return sizes.map(([name, size]) => {
    const start = next;
    next += memberBytes(size);
    return { name, size, offset: start + memberBytes(0) };
  });
}

/** Bytes of the whole body, its end included. */
export function bodyBytes(images: Manifest["images"]): number {
  return bodyMembers(images).reduce(
    (total, { size }) => total + memberBytes(size),
    archiveEnd.length,
  );
}
