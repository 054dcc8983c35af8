import type { ConfigIssue, Location } from "@pibuild/core";
import type { IssueWords } from "../source-text.ts";

/** An environment as Node has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Paths in the environment start at the workspace, because tasks do not run where the user is. */
export const pathHint = "paths in the environment start at the workspace";

/** A variable of pibuild's own environment, as the place of what it says. */
export function environmentPlace(name: string): Location {
  return { file: `environment variable ${name}` };
}

/** An issue about a variable of pibuild's own environment, which has no line to point at. */
export function environmentIssue(name: string, { message, hint }: IssueWords): ConfigIssue {
  return { message, at: environmentPlace(name), ...(hint === undefined ? {} : { hint }) };
}
