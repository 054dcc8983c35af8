import { join } from "node:path";
import { loadImage, loadPin, pinFileName } from "@pibuild/config";
import { createExec, type Emit } from "@pibuild/core";
import { checkDisk } from "@pibuild/graph";
import { findCheckout } from "@pibuild/pigen-source";
import { findVenue, type Venue, venueChoice } from "@pibuild/venue";
import type { CliContext } from "../context.ts";
import { flagsByOption, type VenueFlags } from "./venue-flags.ts";

export interface VenueWish {
  readonly workspace: string;
  readonly name: string;
  readonly flags: VenueFlags;
  readonly emit: Emit;
}

/** Where an image's steps run, by flags, environment and image.yaml; brought there if need be. */
export async function chooseVenue(
  { env, signal }: CliContext,
  { workspace, name, flags, emit }: VenueWish,
): Promise<Venue> {
  const byOption = flagsByOption(flags);
  // Most calls say so, and an image need not be read twice.
  if (venueChoice({ flags: byOption, env }).venue === "native") return { kind: "native" };
  const readPin = () => loadPin(join(workspace, pinFileName));
  const exec = createExec({ signal });
  const checkout = async () => (await findCheckout(workspace, readPin, { exec, env })).path;
  const image = await loadImage(workspace, name, { env, checkout });
  // A container that has to be made for it first would take minutes.
  checkDisk(image);
  const { containerImage } = image;
  const choice = venueChoice({ flags: byOption, env, containerImage });
  return findVenue({ choice, workspace, image, env, emit, signal });
}
