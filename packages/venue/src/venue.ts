import type { ContainerVenue } from "./container/open-container.ts";

/** Where steps run. */
export type Venue = { readonly kind: "native" } | ContainerVenue;
