/** Formats rows as lines, with columns as wide as their widest cell. */
export function tableOf(header: readonly string[], cells: readonly string[][]): string[] {
  const rows = [header, ...cells];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
