export { dropContainers } from "./container/drop.ts";
export { forgetFindings } from "./container/engine-findings.ts";
export { type InsideOptions, ownerAtInput, runInside } from "./container/in-container.ts";
export type { ContainerVenue } from "./container/open-container.ts";
export { rightsLadder } from "./container/rights.ts";
export { findVenue, type Venue } from "./find-venue.ts";
export {
  type VenueChoice,
  type VenueOption,
  type VenueOptionRow,
  type VenueSources,
  venueChoice,
  venueOptions,
} from "./options.ts";
export type { VenueRequest } from "./venue-request.ts";
