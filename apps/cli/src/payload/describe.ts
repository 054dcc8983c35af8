import { formatBytes } from "@pibuild/core";
import type { Inspection, Manifest } from "@pibuild/kn86fw";

/** One line about a payload. */
export function describePayload({ version, compatible, boards, base }: Manifest): string {
  const from = base === undefined ? "" : ` upon ${base.version}`;
  return `${compatible} ${version}${from} for ${boards.join(", ")}`;
}

/** All that a payload says of itself, for people. */
export function formatInspection({ manifest, bytes, signedBy, images }: Inspection): string[] {
  const { base, createdAt, layout, securityEpoch, version } = manifest;
  const rows: [string, string][] = [
    ["version", version],
    ["security epoch", String(securityEpoch)],
    ["product", manifest.compatible],
    ["boards", manifest.boards.join(", ")],
    ["layout", layout],
    ["made", new Date(createdAt * 1000).toISOString()],
    ["base", base === undefined ? "none: a full payload" : `${base.version} (a delta)`],
    ["file", formatBytes(bytes)],
    ...images.map((image): [string, string] => [
      image.name,
      `${formatBytes(image.bytes)}: ${formatBytes(image.dataBytes)} as ${formatBytes(image.compressedBytes)}, ${formatBytes(image.zeroBytes)} zeros, ${formatBytes(image.copiedBytes)} from the base`,
    ]),
    ["signed by", signedBy.length === 0 ? "nobody" : signedBy.join(", ")],
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)}  ${value}`);
}
