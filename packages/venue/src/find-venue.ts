import { type ContainerVenue, openContainer } from "./container/open-container.ts";
import { type Candidate, firstThatWorks } from "./first-that-works.ts";
import { checkNative } from "./native.ts";
import type { VenueRequest } from "./venue-request.ts";

/** Where steps run. */
export type Venue = { readonly kind: "native" } | ContainerVenue;

/**
 * Where an image's steps run: on this machine, else in a container; or as chosen. What is passed
 * over is an event with its reason. Brings a container's image where that is missing.
 * Throws the reason where a chosen venue cannot serve, VENUE_NONE where none can.
 */
export async function findVenue(request: VenueRequest): Promise<Venue> {
  const { choice, emit } = request;
  // Somebody who asks for it gets the errors of the build itself, which say more.
  if (choice.venue === "native") return { kind: "native" };
  const container: Candidate<Venue> = { venue: "container", open: () => openContainer(request) };
  if (choice.venue === "container") return firstThatWorks([container], emit);
  const native: Candidate<Venue> = {
    venue: "native",
    async open() {
      checkNative();
      return { kind: "native" };
    },
  };
  return firstThatWorks([native, container], emit);
}
