import { type VenueOption, type VenueOptionRow, venueOptions } from "@pibuild/venue";

/** The flags that say where steps run, as a command's function gets them. */
export interface VenueFlags {
  readonly venue?: string;
  readonly containerEngine?: string;
  readonly containerImage?: string;
}

/** For the help of commands that read layers. */
export const layersOfVenue =
  "With a container venue the layers are in the container engine's volume, so this command runs there, too.";

/** A flag for the command line, from its row of the table. */
function flagOf(option: VenueOption) {
  const { brief, values }: VenueOptionRow = venueOptions[option];
  return {
    kind: "parsed",
    parse: String,
    brief,
    optional: true,
    placeholder: values?.join("|") ?? "image",
  } as const;
}

/** The same three for every command that steps, or their layers, are the matter of. */
export const venueFlags = {
  venue: flagOf("venue"),
  containerEngine: flagOf("engine"),
  containerImage: flagOf("image"),
} as const;

/** The flags by the names of the table's rows. */
export function flagsByOption(flags: VenueFlags): Partial<Record<VenueOption, string | undefined>> {
  const { venue, containerEngine: engine, containerImage: image } = flags;
  return { venue, engine, image };
}
