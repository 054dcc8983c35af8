import type { TargetReason } from "@pibuild/graph";
import type { FieldChange } from "@pibuild/layers";

/** Why a final target of an image runs, in a line. */
export function describeTargetReason(
  reason: TargetReason,
  changes: readonly FieldChange[],
  image: string,
): string {
  switch (reason.kind) {
    case "fresh":
      return "fresh";
    case "never-built":
      return "never built, or not to its end";
    case "after":
      return `after ${reason.what} (\`pibuild why ${image} ${reason.what}\`)${changes.length > 0 ? `, and ${names(changes)}` : ""}`;
    case "changed":
      return names(changes);
    case "files-changed":
      return `its files in dist/${image} are gone, or were written to since`;
    case "not-recorded":
      return "changed; the last build, by an older pibuild, did not record what it depended on";
  }
}

function names(changes: readonly FieldChange[]): string {
  return `changed: ${changes.map(({ field }) => field).join(", ")}`;
}
