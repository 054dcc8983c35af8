/** Rows under their heads, in columns; columns of which no row has anything are left out. */
export function tableText(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const used = heads.map((_head, column) => rows.some((row) => row[column] !== ""));
  const shown = [heads, ...rows].map((row) => row.filter((_cell, column) => used[column]));
  const widths = shown[0]?.map((_head, column) =>
    Math.max(...shown.map((row) => row[column]?.length ?? 0)),
  );
  return shown.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
