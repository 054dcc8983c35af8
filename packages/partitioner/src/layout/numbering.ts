import type { Layout } from "./layout.ts";

/** Entries in the table of an MBR. */
export const mbrEntries = 4;

/** The number of each partition, in the layout's order, as Linux and the firmware count. */
export function partitionNumbers({ table, partitions }: Pick<Layout, "table" | "partitions">) {
  const positions = partitions.map((_spec, index) => index + 1);
  if (table !== "mbr" || partitions.length <= mbrEntries) return positions;
  // The fourth entry is the container, and those inside are counted from 5.
  return positions.map((position) => (position < mbrEntries ? position : position + 1));
}

/** Whether a partition lies inside an MBR's container. Those of any other table never do. */
export function isLogical(layout: Pick<Layout, "table">, number: number): boolean {
  return layout.table === "mbr" && number > mbrEntries;
}

/** A partition whose number is not its position in the layout. */
export interface Renumbered {
  readonly role: string;
  readonly position: number;
  readonly number: number;
}

/** What a person has to know who counts partitions by the layout: empty for a GPT. */
export function renumbered(layout: Layout): Renumbered[] {
  return partitionNumbers(layout).flatMap((number, index) => {
    const role = layout.partitions[index]?.role ?? "";
    return number === index + 1 ? [] : [{ role, position: index + 1, number }];
  });
}
