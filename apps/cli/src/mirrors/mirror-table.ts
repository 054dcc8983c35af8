import { formatBytes, formatDuration } from "@pibuild/core";
import { describeFault, type MirrorState } from "@pibuild/mirrors";

const heads = ["ARCHIVE", "MIRROR", "ANSWERS IN", "SENDS", "MADE", "STATE"] as const;

/** The lines of a table of mirrors, for people. */
export function mirrorTable(states: readonly MirrorState[]): string[] {
  const rows = [heads, ...states.map(rowOf)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function rowOf({
  archive,
  mirror,
  latencyMs,
  bytesPerSecond,
  date,
  fault,
  inSync,
}: MirrorState): string[] {
  const state = fault !== undefined ? describeFault(fault) : inSync ? "in sync" : "behind";
  return [
    ...[archive, mirror],
    latencyMs === undefined ? "-" : formatDuration(latencyMs),
    bytesPerSecond === undefined ? "-" : `${formatBytes(bytesPerSecond)}/s`,
    date === undefined ? "-" : new Date(date).toISOString().slice(0, 16).replace("T", " "),
    state,
  ];
}
