import type { ConfigIssue } from "@pibuild/core";
import type { EnvLine } from "./env-lines.ts";
import { parsePigenTag } from "./pigen-tag.ts";
import { type PinKey, pinKeys } from "./pin-keys.ts";
import type { SourceText } from "./source-text.ts";

/**
 * RELEASE and ARCH against the tag's name. pi-gen takes the architecture from nothing but the
 * branch or tag that is checked out: a pin that says otherwise would build another image than it
 * promises. A tag that is not named by upstream's scheme says nothing.
 */
export function checkAgreement(
  lines: ReadonlyMap<string, EnvLine>,
  source: SourceText,
): ConfigIssue[] {
  const tag = lines.get("PI_GEN_TAG" satisfies PinKey)?.value ?? "";
  const said = parsePigenTag(tag);
  if (said === undefined) return [];
  return (["release", "arch"] as const).flatMap((field) => {
    const key = field === "release" ? "RELEASE" : "ARCH";
    const line = lines.get(key);
    // A value that is wrong by itself has been reported.
    if (line === undefined || !pinKeys[key].pattern.test(line.value)) return [];
    if (line.value === said[field]) return [];
    const message = `\`${key}\` is ${line.value}, but PI_GEN_TAG \`${tag}\` is for ${said[field]}`;
    const hint = `choose a tag for ${line.value}, with its commit${
      pinKeys[key].pattern.test(said[field]) ? `, or write ${key}=${said[field]}` : ""
    }`;
    return [source.issue({ message, hint }, line.valueRange)];
  });
}
