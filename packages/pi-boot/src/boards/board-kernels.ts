import type { Board, BootAnswer } from "./board-tables.ts";

/** Whose kernel an image has: Debian's own, or Raspberry Pi's. */
export const kernelMakers = ["debian", "raspberrypi"] as const;
export type KernelMaker = (typeof kernelMakers)[number];

/** The releases of Debian whose kernels are known here. */
export const kernelReleases = ["bookworm", "trixie"] as const;
export type KernelRelease = (typeof kernelReleases)[number];

const older: BootAnswer = { boots: true, why: "Debian's kernel has its device tree and drivers" };
const own: BootAnswer = { boots: true, why: "Raspberry Pi's kernel is made for it" };
const noTree = (version: string): BootAnswer => ({
  ...{ boots: false, why: `no device tree: Debian's Linux ${version} has none for it` },
});
const noCard: BootAnswer = {
  boots: false,
  why: "no driver for its card: Debian builds Linux 6.12 without `sdhci-brcmstb`, and its device tree has no PCIe, so no USB and no network either",
};

const everyBoard: Readonly<Record<Board, BootAnswer>> = {
  ...{ zero2w: own, pi3: own, pi4: own, cm4: own, pi5: own, cm5: own },
};
const upToPi4 = { zero2w: older, pi3: older, pi4: older, cm4: older };

/**
 * Which board a kernel starts on, and reaches its root filesystem. Sources: the files and the
 * configuration in Debian's packages linux-image-6.1.0-50-arm64 (6.1.176-1) and
 * linux-image-6.12.117+deb13-arm64 (6.12.117-1); of Raspberry Pi's kernels, linux-image-rpi-v8 and
 * linux-image-rpi-2712, its documentation. No row was tried on hardware.
 */
export const boardKernels: Readonly<
  Record<KernelMaker, Readonly<Record<KernelRelease, Readonly<Record<Board, BootAnswer>>>>>
> = {
  debian: {
    bookworm: { ...upToPi4, pi5: noTree("6.1"), cm5: noTree("6.1") },
    trixie: { ...upToPi4, pi5: noCard, cm5: noTree("6.12") },
  },
  raspberrypi: { bookworm: everyBoard, trixie: everyBoard },
};
