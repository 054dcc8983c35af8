import type { StepReason, TargetReason } from "@pibuild/core";

/** Why a step runs, or that it need not, in a few words: the same in `plan`, `build` and `why`. */
export function describeReason(reason: StepReason): string {
  switch (reason.kind) {
    case "cached":
      return "cached";
    case "never-built":
      return "never built";
    case "changed":
      return changed(reason.fields);
    case "blob-missing":
      return "its layer is gone from the store";
    case "blob-corrupt":
      return "its layer was damaged, and has been removed";
    case "parent-changes":
      return after(reason.parent, reason.fields);
    case "inputs-unknown":
      return `runs always: ${reason.detail}`;
  }
}

/** Why a target with files runs, or that it need not. */
export function describeTargetReason(reason: TargetReason): string {
  switch (reason.kind) {
    case "fresh":
      return "up to date";
    case "never-built":
      return "never built";
    case "after":
      return after(reason.what, reason.fields);
    case "changed":
      return changed(reason.fields);
    case "files-changed":
      return "its files are gone, or were written to since";
    case "not-recorded":
      return "changed; the last build, by an older pibuild, did not record what it depended on";
  }
}

function after(what: string, fields: readonly string[] = []): string {
  return fields.length === 0 ? `after ${what}` : `after ${what}, ${changed(fields)}`;
}

function changed(fields: readonly string[]): string {
  return `changed: ${fields.join(", ")}`;
}
