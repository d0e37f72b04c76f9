import { readFile, writeFile } from 'node:fs/promises';
import { markdownOf, type Run, titleOf } from './report.ts';

const RESULTS = new URL('results.json', import.meta.url);
const DOCUMENT = new URL('../docs/performance.md', import.meta.url);

const BEGIN = '<!-- Written by `npm run bench` -->';
const END = '<!-- End of what is written by `npm run bench` -->';

/** Keeps the last whole run of each kind in results.json, and its tables in docs/performance.md. */
export async function recordRun(run: Run): Promise<void> {
  const others = (await readRuns()).filter((each) => titleOf(each) !== titleOf(run));
  const runs = [...others, run].toSorted(byCoresAndBackend);
  await writeFile(RESULTS, oneRowALine(runs));

  const document = await readFile(DOCUMENT, 'utf8');
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error('docs/performance.md has lost its markers');
  await writeFile(
    DOCUMENT,
    [before, BEGIN, '\n\n', runs.map(markdownOf).join('\n\n'), '\n\n', END, after].join(''),
  );
}

/** JSON in which a change of one figure is a change of one line. */
function oneRowALine(runs: readonly Run[]): string {
  const texts = runs.map(({ rows, ...run }) => {
    const lines = rows.map((row) => JSON.stringify(row)).join(',\n');
    return `${JSON.stringify(run).slice(0, -1)},"rows":[\n${lines}\n]}`;
  });
  return `[${texts.join(',\n')}]\n`;
}

async function readRuns(): Promise<Run[]> {
  return JSON.parse(await readFile(RESULTS, 'utf8')) as Run[];
}

/** All cores first; Redis, the production choice, first. */
function byCoresAndBackend(a: Run, b: Run): number {
  return b.cores - a.cores || b.backend.localeCompare(a.backend);
}
