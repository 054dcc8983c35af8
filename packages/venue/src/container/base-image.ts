import type { Engine } from "../engine/engine.ts";
import type { Candidate } from "../first-that-works.ts";
import type { VenueRequest } from "../venue-request.ts";
import { type BaseImage, idOf, makeImage } from "./make-image.ts";
import { pigenImage } from "./pigen-image.ts";

/**
 * The images that may serve, best first: the one that was named; else pi-gen's own for an image
 * that has stages of it, then Debian of the image's release.
 */
export function baseImages(engine: Engine, request: VenueRequest): Candidate<BaseImage>[] {
  const debian = `debian:${request.image.release}`;
  const piGen = {
    venue: "container with pi-gen's own image",
    open: () => pigenImage(engine, request),
  };
  const plain = {
    venue: `container with ${debian}`,
    open: () => presentImage(engine, debian, request),
  };
  switch (request.choice.image) {
    case "auto":
      return request.image.piGen === undefined ? [plain] : [piGen, plain];
    case "pi-gen":
      return [piGen];
    case "debian":
      return [plain];
    default: {
      const { image } = request.choice;
      return [
        { venue: `container with ${image}`, open: () => presentImage(engine, image, request) },
      ];
    }
  }
}

/** An image by name, pulled where the engine does not have it. */
async function presentImage(
  engine: Engine,
  reference: string,
  { emit }: VenueRequest,
): Promise<BaseImage> {
  const known = await idOf(engine, reference);
  if (known !== undefined) return { name: reference, reference, id: known };
  await makeImage(engine, reference, ["pull", reference], { emit, phase: `pull ${reference}` });
  return { name: reference, reference, id: (await idOf(engine, reference)) ?? reference };
}
