import { type EventBody, isPibuildError } from "@pibuild/core";
import type { ContainerVenue } from "@pibuild/venue";
import type { CliContext } from "../context.ts";
import { describeEvent } from "../reporters/describe-event.ts";
import { chooseVenue, type VenueWish } from "./choose-venue.ts";

/**
 * The container in which a command that asks about layers has to run, because they lie in its
 * volume; undefined where they lie on this machine, or nowhere yet: a plan needs neither root nor
 * programs.
 */
export async function containerOf(
  context: CliContext,
  wish: Omit<VenueWish, "emit">,
): Promise<ContainerVenue | undefined> {
  const said: EventBody[] = [];
  try {
    const venue = await chooseVenue(context, { ...wish, emit: (event) => said.push(event) });
    if (venue.kind === "native") return undefined;
    for (const event of said) {
      const line = describeEvent(event, context.cwd);
      if (line !== undefined) context.message(line);
    }
    return venue;
  } catch (error) {
    if (isPibuildError(error, "VENUE_NONE")) return undefined;
    throw error;
  }
}
