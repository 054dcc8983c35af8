import { formatBytes } from "@pibuild/core";
import type { DiskInspection, InspectedPartition } from "@pibuild/partitioner";
import { bootLines, systemLines } from "./boot-text.ts";
import { describeProblem } from "./describe-problem.ts";
import { tableText } from "./table-text.ts";

const kinds = {
  none: "no partition table",
  mbr: "MBR",
  gpt: "GPT",
  "gpt-hybrid": "GPT, with an MBR that names partitions, too (hybrid)",
} as const;

/** An inspection for people: what is on the disk, what starts, and what is wrong. */
export function inspectionText(path: string, inspection: DiskInspection): string[] {
  const { sizeBytes, table, partitions, slots, boot } = inspection;
  const id = (table.kind === "mbr" ? table.mbr : table.gpt)?.id;
  const nameOf = (number: number) => named(number, partitions);
  return [
    `${path}: ${formatBytes(sizeBytes)}, ${kinds[table.kind]}${id === undefined ? "" : `, id ${id}`}`,
    ...(partitions.length === 0 ? [] : ["", ...partitionLines(partitions)]),
    ...mbrLines(inspection),
    ...(boot === undefined && slots.length === 0 ? [] : [""]),
    ...(boot === undefined ? [] : bootLines(boot, nameOf)),
    ...slots.flatMap((slot) => systemLines(slot, nameOf)),
    ...(table.problems.length === 0 ? [] : [""]),
    ...table.problems.map((problem) => `problem: ${describeProblem(problem)}`),
  ];
}

function partitionLines(partitions: readonly InspectedPartition[]): string[] {
  return tableText(
    ["", "start", "size", "name", "holds", "label", "id", "partuuid"],
    partitions.map(({ number, startBytes, sizeBytes, name = "", filesystem, blank, partuuid }) => [
      String(number),
      formatBytes(startBytes),
      formatBytes(Math.max(0, sizeBytes)),
      name,
      filesystem?.type ?? (blank ? "nothing" : "?"),
      filesystem?.label ?? "",
      filesystem?.id ?? "",
      partuuid,
    ]),
  );
}

/** The other view of a hybrid: what a boot ROM sees that knows no GPT. */
function mbrLines({ table }: DiskInspection): string[] {
  if (table.kind !== "gpt-hybrid" || table.mbr === undefined) return [];
  const rows = table.mbr.partitions.map(({ number, startBytes, sizeBytes, type }) => {
    const same = table.gpt?.partitions.find(
      (one) => one.startBytes === startBytes && one.sizeBytes === sizeBytes,
    );
    const gpt = same === undefined ? "none" : named(same.number, table.gpt?.partitions ?? []);
    return [String(number), formatBytes(startBytes), formatBytes(sizeBytes), type, gpt];
  });
  return [
    "",
    `in the MBR, id ${table.mbr.id}:`,
    ...tableText(["", "start", "size", "type", "in the GPT"], rows),
  ];
}

function named(
  number: number,
  partitions: readonly { readonly number: number; readonly name?: string }[],
): string {
  const name = partitions.find((one) => one.number === number)?.name;
  return name === undefined || name === "" ? String(number) : `${number} (${name})`;
}
