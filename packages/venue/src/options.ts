import { didYouMean, PibuildError } from "@pibuild/core";

/** A choice of where steps run: one row gives the flag, the variable, the check and the docs. */
export interface VenueOptionRow {
  /** Of the command line, without its dashes. */
  readonly flag: string;
  readonly variable: string;
  /** What it may be; any text where there are none. */
  readonly values?: readonly string[];
  readonly default: string;
  readonly brief: string;
}

export const venueOptions = {
  venue: {
    flag: "venue",
    variable: "PIBUILD_VENUE",
    values: ["auto", "native", "container"],
    default: "auto",
    brief: "Where steps run; auto: on this machine, or in a container if it lacks something",
  },
  engine: {
    flag: "container-engine",
    variable: "PIBUILD_CONTAINER_ENGINE",
    values: ["auto", "docker", "podman"],
    default: "auto",
    brief: "What runs containers; auto: Docker, or Podman if there is no Docker",
  },
  image: {
    flag: "container-image",
    variable: "PIBUILD_CONTAINER_IMAGE",
    default: "auto",
    brief: "What containers are made from: pi-gen (its own image), debian, or the name of an image",
  },
} as const satisfies Record<string, VenueOptionRow>;

export type VenueOption = keyof typeof venueOptions;

/** The choices of one run, complete. */
export interface VenueChoice {
  readonly venue: "auto" | "native" | "container";
  readonly engine: "auto" | "docker" | "podman";
  /** `auto`, `pi-gen`, `debian`, or an image by name. */
  readonly image: string;
}

/** What was asked for, by where it was: the command line, the environment, image.yaml. */
export interface VenueSources {
  readonly flags: Readonly<Partial<Record<VenueOption, string | undefined>>>;
  readonly env: NodeJS.ProcessEnv;
  /** `container_image` of image.yaml. */
  readonly containerImage?: string | undefined;
}

/** A flag wins over a variable, and that over image.yaml. Throws USAGE for what is not known. */
export function venueChoice({ flags, env, containerImage }: VenueSources): VenueChoice {
  const choose = (option: VenueOption, written?: string): string => {
    const row: VenueOptionRow = venueOptions[option];
    const flag = flags[option];
    const value = flag ?? (env[row.variable] || (written ?? row.default));
    if (row.values === undefined ? value !== "" : row.values.includes(value)) return value;
    const from = flag === undefined ? row.variable : `--${row.flag}`;
    const meant = row.values && didYouMean(value, row.values);
    const expected = row.values === undefined ? "a name" : `one of ${row.values.join(", ")}`;
    const hint = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
    throw new PibuildError("USAGE", {
      message: `${from} is \`${value}\`; ${expected} is expected${hint}`,
    });
  };
  return {
    venue: choose("venue") as VenueChoice["venue"],
    engine: choose("engine") as VenueChoice["engine"],
    image: choose("image", containerImage),
  };
}
