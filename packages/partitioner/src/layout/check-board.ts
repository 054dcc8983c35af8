import { PibuildError } from "@pibuild/core";
import { type Board, boardTables, bootableTables, type TableKind } from "@pibuild/pi-boot";

/** Throws LAYOUT_INVALID where a board does not start from a disk with such a table, and says why. */
export function checkBoard(board: Board, table: TableKind): void {
  const { boots, why } = boardTables[board][table];
  if (boots) return;
  throw new PibuildError("LAYOUT_INVALID", {
    problem: `\`${board}\` does not boot from a \`${table}\` table: ${why} (it takes ${bootableTables(board).join(", ")})`,
  });
}
