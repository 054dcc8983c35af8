import type { Sha256 } from "@pibuild/core";

/** Some bytes by what they are. */
export interface Blob {
  readonly digest: Sha256;
  readonly bytes: number;
}
