import { readFatVolume } from "@pibuild/pi-boot";
import type { DiskReader } from "./disk-reader.ts";
import { type ReadGpt, readGpt } from "./read-gpt.ts";
import { isContainer, protectiveType, type ReadMbr, readMbr } from "./read-mbr.ts";
import type { DiskTable, SeenPartition, TableName, TableProblem, TableView } from "./seen.ts";

/**
 * Reads whatever partition tables a disk has, and says what is wrong with them. Takes any bytes, in
 * bounded time and memory.
 */
export async function readTable(disk: DiskReader): Promise<DiskTable> {
  const mbr = await readMbr(disk);
  const gpt = await readGpt(disk);
  const filesystem = await readFatVolume(disk, 0, disk.sizeBytes);
  if (mbr === undefined || (filesystem !== undefined && mbr.view.partitions.length === 0)) {
    const unannounced: TableProblem[] = gpt.view === undefined ? [] : [{ kind: "gpt-unannounced" }];
    return { kind: "none", problems: unannounced };
  }
  const announced = mbr.sector.entries.some((entry) => entry?.type === protectiveType);
  if (!announced) return withoutGpt(disk, mbr, gpt.view === undefined ? [] : ["gpt-unannounced"]);
  if (gpt.view === undefined) return withoutGpt(disk, mbr, ["gpt-missing"], gpt);
  return withGpt(disk, mbr, { ...gpt, view: gpt.view });
}

function withoutGpt(
  disk: DiskReader,
  { view, problems }: ReadMbr,
  kinds: readonly ("gpt-unannounced" | "gpt-missing")[],
  gpt?: ReadGpt,
): DiskTable {
  const all = [
    ...kinds.map((kind) => ({ kind })),
    ...(gpt?.problems ?? []),
    ...problems,
    ...viewProblems(disk, "mbr", view),
  ];
  return { kind: "mbr", mbr: view, problems: all };
}

function withGpt(disk: DiskReader, mbr: ReadMbr, gpt: ReadGpt & { view: TableView }): DiskTable {
  const hybrid = mbr.view.partitions.length > 0;
  return {
    kind: hybrid ? "gpt-hybrid" : "gpt",
    mbr: mbr.view,
    gpt: gpt.view,
    problems: [
      ...gpt.problems,
      ...mbr.problems,
      ...viewProblems(disk, "gpt", gpt.view),
      ...viewProblems(disk, "mbr", mbr.view),
      ...mbr.view.partitions.flatMap((one) => differing(one, gpt.view)),
    ],
  };
}

/** A firmware that goes by one table and a kernel that goes by the other must count alike. */
function differing(one: SeenPartition, gpt: TableView): TableProblem[] {
  const same = gpt.partitions.find(
    ({ startBytes, sizeBytes }) => startBytes === one.startBytes && sizeBytes === one.sizeBytes,
  );
  if (same?.number === one.number) return [];
  const gptNumber = same === undefined ? {} : { gptNumber: same.number };
  return [{ kind: "views-differ", mbrNumber: one.number, ...gptNumber }];
}

function viewProblems(disk: DiskReader, table: TableName, view: TableView): TableProblem[] {
  const problems: TableProblem[] = [];
  const partitions = view.partitions.filter((one) => table === "gpt" || !isContainer(one));
  for (const { number, startBytes, sizeBytes } of partitions) {
    if (sizeBytes <= 0) problems.push({ kind: "empty", table, number });
    else if (startBytes + sizeBytes > disk.sizeBytes) {
      problems.push({ kind: "outside", table, number });
    }
  }
  const byPlace = partitions
    .filter(({ sizeBytes }) => sizeBytes > 0)
    .toSorted((a, b) => a.startBytes - b.startBytes);
  for (const [index, next] of byPlace.entries()) {
    const previous = byPlace[index - 1];
    if (previous === undefined) continue;
    const pair = { table, number: next.number, other: previous.number };
    if (previous.startBytes + previous.sizeBytes > next.startBytes) {
      problems.push({ kind: "overlap", ...pair });
    }
    if (previous.number > next.number) problems.push({ kind: "order", ...pair });
  }
  return problems;
}
