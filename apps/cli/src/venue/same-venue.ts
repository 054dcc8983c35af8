import { formatCommand } from "@pibuild/core";
import { venueChoice } from "@pibuild/venue";
import { flagsByOption, type VenueFlags } from "./venue-flags.ts";

/**
 * The flags with which another command goes to the layers of a build that runs in a container, which
 * flags or variables of that call may have led there.
 */
export function sameVenue(flags: VenueFlags, env: NodeJS.ProcessEnv): string {
  const { engine, image } = venueChoice({ flags: flagsByOption(flags), env });
  return formatCommand([
    ...["--venue", "container"],
    ...(engine === "auto" ? [] : ["--container-engine", engine]),
    ...(image === "auto" ? [] : ["--container-image", image]),
  ]);
}
