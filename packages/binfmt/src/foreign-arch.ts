/** Architectures that pibuild can run under emulation, in Node's and Debian's common words. */
export type ForeignArch = "arm64" | "arm";

export const foreignArchs: readonly ForeignArch[] = ["arm64", "arm"];

/** How the kernel tells programs of an architecture by their first bytes, in hexadecimal. */
export interface ElfPattern {
  readonly magic: string;
  readonly mask: string;
}

/**
 * qemu's own table (scripts/qemu-binfmt-conf.sh). The mask leaves out the ABI byte and the lowest
 * bit of the type, so that both fixed (2) and position-independent (3) programs match.
 */
export const elfPatterns: Record<ForeignArch, ElfPattern> = {
  arm64: {
    magic: "7f454c460201010000000000000000000200b700",
    mask: "ffffffffffffff00fffffffffffffffffeffffff",
  },
  arm: {
    magic: "7f454c4601010100000000000000000002002800",
    mask: "ffffffffffffff00fffffffffffffffffeffffff",
  },
};

/** qemu's word for each architecture, which its programs and its handlers are named after. */
export const qemuNames = { arm64: "aarch64", arm: "arm" } as const satisfies Record<
  ForeignArch,
  string
>;

/** The names of our own handlers: whatever has one was registered by us. */
export const ownHandlerNames: Readonly<Record<ForeignArch, string>> = {
  arm64: "pibuild-aarch64",
  arm: "pibuild-arm",
};

/** The first bytes of an architecture's programs: of one that is fixed, and of one that is not. */
export function sampleHeaders(arch: ForeignArch): Uint8Array[] {
  return [2, 3].map((type) => {
    const header = Buffer.alloc(128);
    Buffer.from(elfPatterns[arch].magic, "hex").copy(header);
    header[16] = type;
    return header;
  });
}
