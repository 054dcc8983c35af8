import { join } from "node:path";
import { sha256File } from "@pibuild/core";
import { layersOf } from "./image-rig.ts";
import type { RpiosImage } from "./rpios-images.ts";
import type { RpiosRig } from "./rpios-rig.ts";

/** Prints a line of the proof's figures. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the check of an image printed on its console. */
export function report(console: string) {
  return JSON.parse(/PIBUILD-CHECK (\{.*\})/.exec(console)?.[1] ?? "{}");
}

/** Builds an image up to its disk, and says how long it took. */
export async function buildCold(rig: RpiosRig, image: RpiosImage): Promise<void> {
  const started = performance.now();
  await rig.build(image, "disk");
  say(`${image}: ${Math.round((performance.now() - started) / 1000)} s`);
}

/**
 * Builds an image once more in a copy with an empty store, which `prepare` may change; gives the steps
 * whose layers differ.
 */
export async function differingLayers(
  rig: RpiosRig,
  image: RpiosImage,
  prepare: (copy: RpiosRig) => Promise<void> = async () => {},
): Promise<string[]> {
  await using again = await rig.copy();
  await prepare(again);
  await buildCold(again, image);
  const [first, second] = [await layersOf(rig, image), await layersOf(again, image)];
  // A common store also remembers steps that an older image of this name had.
  const differing = Object.keys(second).filter((step) => first[step] !== second[step]);
  say(`  layers that differ: ${differing.join(" ") || "none"}`);
  const [one, two] = await Promise.all(
    [rig, again].map(({ path }) => sha256File(join(path, "dist", image, `${image}.img`))),
  );
  say(`  disks: ${one === two ? "the same bytes" : "differ"}`);
  return differing;
}
