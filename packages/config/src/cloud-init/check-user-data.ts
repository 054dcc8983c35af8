import type { ConfigIssue } from "@pibuild/core";
import type { SourceText } from "../source-text.ts";
import { cloudConfig } from "./cloud-config-schema.ts";
import { seedIssues } from "./seed-issues.ts";

/**
 * What is wrong with a user-data that is a `#cloud-config`, the one kind that pibuild takes:
 * without that first line, cloud-init passes over the file without a word.
 */
export function checkUserData(source: SourceText): readonly ConfigIssue[] {
  const { text } = source;
  if (text.startsWith("\uFEFF")) {
    const message =
      "a byte order mark comes before `#cloud-config`, so cloud-init would not see it";
    return [source.issue({ message, hint: "save the file as UTF-8 without a byte order mark" })];
  }
  if (!/^#cloud-config[ \t\r]*(?:\n|$)/.test(text)) {
    const message = "the first line has to be `#cloud-config`, or cloud-init ignores the file";
    const end = text.search(/\n|$/);
    return [source.issue({ message, hint: "put that line first" }, { start: 0, end })];
  }
  return seedIssues(source, cloudConfig);
}
