import type { Pin } from "@pibuild/config";
import { PibuildError } from "@pibuild/core";
import type { PigenSource } from "./source.ts";

/** Throws PIGEN_TAG_MISSING or PIGEN_TAG_MOVED where a source's tag is not the pin's commit. */
export function checkTag(pin: Pin, source: PigenSource, found: string | undefined): void {
  const { tag, commit: pinned } = pin;
  if (found === undefined) throw new PibuildError("PIGEN_TAG_MISSING", { ...source.named, tag });
  if (found !== pinned) {
    throw new PibuildError("PIGEN_TAG_MOVED", { ...source.named, tag, pinned, found });
  }
}
