import { canonicalJson } from "@pibuild/core";
import { cmdlineBytes, manifestLimit } from "./limits.ts";
import { type Manifest, manifestSchema } from "./manifest.ts";
import { bodyBytes } from "./members.ts";

/** The manifest in these bytes, or what is wrong with it. */
export function parseManifest(bytes: Buffer): Manifest | { problem: string } {
  if (bytes.length > manifestLimit) return { problem: "it is too long" };
  const text = bytes.toString("latin1");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "it is not JSON" };
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".");
    return { problem: `${where ? `\`${where}\`: ` : ""}${issue?.message}` };
  }
  if (canonicalJson(parsed.data) !== text) return { problem: "it is not canonical JSON" };
  const problem = contradiction(parsed.data);
  return problem === undefined ? parsed.data : { problem };
}

/** Fields that cannot both be right, if there are any. */
function contradiction(manifest: Manifest): string | undefined {
  const { images, cmdline, chunkSize, boards, body } = manifest;
  if (!Number.isInteger(Math.log2(chunkSize))) return "`chunkSize` is not a power of two";
  if (boards.join() !== [...new Set(boards)].sort().join()) return "`boards` is not sorted";
  for (const name of ["boot", "root"] as const) {
    if (images[name].size > images[name].slot) return `\`images.${name}\` is larger than its slot`;
  }
  if (cmdline.offset + cmdlineBytes > images.boot.size) return "`cmdline.offset` is too large";
  if (cmdline.a.digest !== images.boot.digest) return "`cmdline.a.digest` is not the boot image's";
  if (cmdline.a.sha256 === cmdline.b.sha256) return "the slots have the same `cmdline.txt`";
  if (body.size !== bodyBytes(images)) return "`body.size` is not the sum of its members";
  return undefined;
}
