import type { Image } from "@pibuild/config";
import type { Emit } from "@pibuild/core";
import type { VenueChoice } from "./options.ts";

/** What a venue is looked for with: the choice, and what is to be built where. */
export interface VenueRequest {
  readonly choice: VenueChoice;
  readonly workspace: string;
  readonly image: Image;
  readonly env: NodeJS.ProcessEnv;
  readonly emit: Emit;
  readonly signal?: AbortSignal;
}
