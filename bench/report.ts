import { availableParallelism, cpus } from 'node:os';
import type { Row } from './row.ts';
import type { Backend } from './world.ts';

/** The result of one `npm run bench`. */
export interface Run {
  backend: Backend;
  /** Cores that the benchmark may use; `taskset` narrows them. */
  cores: number;
  machine: string;
  seconds: number;
  rows: Row[];
}

export function describeRun(backend: Backend, seconds: number, rows: Row[]): Run {
  return { backend, cores: availableParallelism(), machine: cpus()[0]?.model.trim() ?? '', seconds, rows };
}

export function titleOf({ backend, cores }: Run): string {
  return `Queue on ${backend === 'redis' ? 'Redis' : 'PostgreSQL'}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}

/** For the terminal. */
export function textOf(run: Run): string {
  const cells = [HEAD, ...run.rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, column) =>
        NUMERIC.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return [
    `${titleOf(run)} (${run.machine}), ${run.seconds} s\n`,
    ...cells.map(line),
    '',
    ...reasonsOf(run),
  ].join('\n');
}

/** For docs/performance.md. */
export function markdownOf(run: Run): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = HEAD.map((_, column) => (NUMERIC.has(column) ? '--:' : '---'));
  const table = [line(HEAD), line(rule), ...run.rows.map((row) => line(cellsOf(row)))].join('\n');
  const reasons = reasonsOf(run).map((reason) => `- ${reason}`);
  const parts = [`### ${titleOf(run)}`, `${run.machine}; the whole took ${run.seconds} s.`, table];
  return [...parts, ...(reasons.length > 0 ? [reasons.join('\n')] : [])].join('\n\n');
}

const HEAD = ['what', 'ours', 'unit', 'against', 'theirs', 'ratio', 'goal', ''];
const NUMERIC = new Set([1, 4, 5]);

function cellsOf(row: Row): string[] {
  const { what, unit, against, goal, verdict } = row;
  const [ours, theirs, ratio] = [row.ours, row.theirs, row.ratio].map(format);
  return [what, ours!, unit, against ?? '', theirs!, ratio!, goal ?? '', verdict ?? ''];
}

/** Why goals were missed. */
function reasonsOf({ rows }: Run): string[] {
  return rows
    .filter(({ reason }) => reason !== null)
    .map(
      ({ verdict, what, against, reason }) =>
        `${verdict}: ${what}${against ? ` (${against})` : ''}. ${reason}`,
    );
}

/** Three digits: the figures are no more precise than that. */
function format(value: number | null): string {
  if (value === null) return '';
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 3 });
}
