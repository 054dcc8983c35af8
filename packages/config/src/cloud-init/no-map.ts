import type { ConfigIssue } from "@pibuild/core";
import type { SourceText } from "../source-text.ts";
import { isDataMap } from "../yaml-file.ts";

/** The issue of a seed that is no map, or an empty one. */
export function noMapIssue(data: unknown, source: SourceText): ConfigIssue | undefined {
  if (isDataMap(data) && Object.keys(data).length > 0) return undefined;
  const message = `expected a map of keys, found ${data == null ? "none" : "something else"}`;
  return source.issue({ message });
}
