import type { ConfigIssue } from "@pibuild/core";
import type { Release } from "../release.ts";
import type { SourceText } from "../source-text.ts";
import { cloudConfigIssues } from "./cloud-config-issues.ts";

/**
 * How a user-data of each kind that cloud-init knows begins, besides `#cloud-config`.
 * https://cloudinit.readthedocs.io/en/latest/explanation/format.html
 */
const otherKinds = [
  /^#!/,
  /^#include(?:-once)?[ \t\r]*$/m,
  /^#cloud-boothook\b/,
  /^#part-handler\b/,
  /^#cloud-config-(?:archive|jsonp)\b/,
  /^## template: ?jinja\b/,
  /^(?:Content-Type: multipart|MIME-Version:)/i,
];

/**
 * What is wrong with a user-data: that its first line is of no kind, so that cloud-init passes over
 * the file without a word, or what a `#cloud-config` says.
 */
export async function checkUserData(
  source: SourceText,
  release: Release,
): Promise<readonly ConfigIssue[]> {
  const { text } = source;
  if (text.startsWith("\uFEFF")) {
    const message =
      "a byte order mark comes before `#cloud-config`, so cloud-init would not see it";
    return [source.issue({ message, hint: "save the file as UTF-8 without a byte order mark" })];
  }
  const end = text.search(/\n|$/);
  if (!/^#cloud-config[ \t\r]*(?:\n|$)/.test(text)) {
    if (otherKinds.some((kind) => kind.test(text.slice(0, end)))) return [];
    const message = "the first line names no kind that cloud-init knows, so it ignores the file";
    const hint = "begin with `#cloud-config`, or with `#!/bin/sh` for a script";
    return [source.issue({ message, hint }, { start: 0, end })];
  }
  return cloudConfigIssues(source, release);
}
