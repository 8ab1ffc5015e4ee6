import { escapeLine } from './escape.js';
import type { Style, View } from './io.js';
import { displayWidth, padEnd, padStart, truncate } from './width.js';

export interface Column<Row> {
  readonly title: string;
  /** Foreign text as it is: the table escapes it. */
  readonly value: (row: Row) => string;
  /** Colours the finished cell. */
  readonly paint?: ((cell: string, row: Row, style: Style) => string) | undefined;
  /** May be cut when the terminal is narrow. Ids, numbers and statuses are never cut. */
  readonly shrink?: boolean | undefined;
  readonly align?: 'left' | 'right' | undefined;
}

const GAP = '  ';
/** A shrinking column keeps at least this much, so that it still says something. */
const MIN_SHRUNK = 8;

/**
 * A header and a line for each row, fitted to the terminal. When the rigid columns alone are wider than the
 * terminal, lines are left to wrap: a cut id is worth nothing.
 */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], view: Pick<View, 'style' | 'columns'>): string {
  const cells = rows.map((row) => columns.map((column) => escapeLine(column.value(row))));
  const widths = fit(columns, naturalWidths(columns, cells), view.columns);
  const header = line(columns, columns.map((column) => column.title), { widths, paint: (cell) => view.style.dim(cell) });
  const lines = rows.map((row, index) => line(columns, cells[index] ?? [], { widths, paint: (cell, column) => column.paint?.(cell, row, view.style) ?? cell }));
  return [header, ...lines].join('\n');
}

/** Label and value under each other, the labels in one column; long values keep their line. */
export function renderPairs(pairs: readonly (readonly [label: string, value: string])[], style: Style): string {
  const width = Math.max(0, ...pairs.map(([label]) => displayWidth(label)));
  return pairs.map(([label, value]) => `${style.dim(padEnd(label, width))}${GAP}${value}`).join('\n');
}

function naturalWidths<Row>(columns: readonly Column<Row>[], cells: readonly (readonly string[])[]): number[] {
  return columns.map((column, index) => cells.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? '')), displayWidth(column.title)));
}

/** Takes from the widest shrinking column until the line fits or none can give more. */
function fit<Row>(columns: readonly Column<Row>[], natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1) - available;
  while (excess > 0) {
    const widest = widestShrinking(columns, widths);
    if (widest === undefined) break;
    const second = Math.max(MIN_SHRUNK, ...columns.map((column, index) => (column.shrink === true && index !== widest ? (widths[index] ?? 0) : 0)));
    const width = widths[widest] ?? 0;
    const give = Math.min(excess, Math.max(1, width - Math.max(second, MIN_SHRUNK)));
    widths[widest] = width - give;
    excess -= give;
  }
  return widths;
}

function widestShrinking<Row>(columns: readonly Column<Row>[], widths: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const [index, column] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (column.shrink === true && width > MIN_SHRUNK && (best === undefined || width > (widths[best] ?? 0))) best = index;
  }
  return best;
}

interface LineLayout<Row> {
  readonly widths: readonly number[];
  readonly paint: (cell: string, column: Column<Row>) => string;
}

function line<Row>(columns: readonly Column<Row>[], cells: readonly string[], { widths, paint }: LineLayout<Row>): string {
  const parts = columns.map((column, index) => {
    const width = widths[index] ?? 0;
    const text = truncate(cells[index] ?? '', width);
    const padded = column.align === 'right' ? padStart(text, width) : padEnd(text, width);
    // The last column is not padded, so that no line ends in spaces.
    return paint(index === columns.length - 1 && column.align !== 'right' ? text : padded, column);
  });
  return parts.join(GAP).trimEnd();
}
