import type { Check } from "../check.ts";

/** Which images the other checks answer for. */
export const imagesAreReadable: Check = {
  name: "images",
  asks: "Which images the other checks are for: the one that you name, or all of the workspace",
  warns: "an `image.yaml` has mistakes, so it is unknown what it needs",
  fails: "",
  mended: "`pibuild plan <image>` shows the mistakes and where they are",
  mends: false,
  on: "anywhere",
  async examine({ needed: { images, unreadable } }) {
    const names = images.map(({ name }) => name).join(", ");
    const [first] = unreadable;
    if (first === undefined) {
      return { status: "ok", detail: names || "none yet, so only what every image needs is asked" };
    }
    return {
      status: "warn",
      detail: unreadable.map(({ name, why }) => `${name}: ${why}`).join("\n"),
      fix: `pibuild plan ${first.name}`,
    };
  },
};
