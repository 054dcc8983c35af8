import type { Image } from "@pibuild/config";
import type { Emit } from "@pibuild/core";
import { checkDisk } from "@pibuild/graph";
import { findVenue, type Venue, venueChoice } from "@pibuild/venue";
import type { CliContext } from "../context.ts";
import { flagsByOption, type VenueFlags } from "./venue-flags.ts";

export interface VenueWish {
  readonly workspace: string;
  /** See `imageReader`. */
  readonly image: () => Promise<Image>;
  readonly flags: VenueFlags;
  readonly emit: Emit;
}

/** Where an image's steps run, by flags, environment and image.yaml; brought there if need be. */
export async function chooseVenue(
  { env, signal }: CliContext,
  { workspace, image: read, flags, emit }: VenueWish,
): Promise<Venue> {
  const byOption = flagsByOption(flags);
  if (venueChoice({ flags: byOption, env }).venue === "native") return { kind: "native" };
  const image = await read();
  // A container that has to be made for it first would take minutes.
  checkDisk(image);
  const { containerImage } = image;
  const choice = venueChoice({ flags: byOption, env, containerImage });
  return findVenue({ choice, workspace, image, env, emit, signal });
}
