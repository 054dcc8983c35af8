import type { Board } from "./board-tables.ts";

const sdhost = ["bcm2835", "sdhci-iproc"];

/**
 * The kernel's modules that read a board's card, or its eMMC: one of them has to be there. Source: the card
 * readers in the boards' device trees in Linux (arch/arm64/boot/dts/broadcom).
 */
export const cardDrivers: Readonly<Record<Board, readonly string[]>> = {
  ...{ zero2w: sdhost, pi3: sdhost },
  ...{ pi4: ["sdhci-iproc"], cm4: ["sdhci-iproc"] },
  ...{ pi5: ["sdhci-brcmstb"], cm5: ["sdhci-brcmstb"] },
};
