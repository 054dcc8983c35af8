import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { ConfigIssue } from "@pibuild/core";
import type { Exports } from "./exports.ts";
import type { PigenProject } from "./pigen-project.ts";

/** What pi-gen does with marks and files that pibuild has no use for. */
export function stageNotes(
  { directory, piGen }: PigenProject,
  exports: Exports,
  at: ConfigIssue,
): ConfigIssue[] {
  const notes = [
    ...(exports.unmarked === undefined
      ? []
      : [
          `\`${exports.unmarked}\` has no EXPORT_IMAGE, so build.sh makes no image of it; pibuild makes one of all stages`,
        ]),
    ...exports.skipped.map((name) => `\`${name}\` has a file SKIP, and is left out of \`stages:\``),
    ...exports.noobs.map(
      (name) => `EXPORT_NOOBS of \`${name}\` has no effect: pibuild makes no image for NOOBS`,
    ),
  ];
  const after = join(piGen?.path ?? directory, "postrun.sh");
  if (existsSync(after)) {
    notes.push(`\`${relative(directory, after)}\` is not run: call it yourself, after the build`);
  }
  return notes.map((message) => ({ ...at, message }));
}
