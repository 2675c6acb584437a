/** Rows of cells as lines with aligned columns, for people. */

/** Longer cells move the columns behind them: one long name must not push all the others out of sight. */
const CELL_CHARS_MAX = 60;

/** Each column is as wide as its widest cell; the last one has no end. */
export function formatTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) =>
      row.map(({ length }, column) =>
        Math.max(Math.min(length, CELL_CHARS_MAX), widest[column] ?? 0),
      ),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(Number(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}
