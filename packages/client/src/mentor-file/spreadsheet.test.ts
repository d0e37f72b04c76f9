import { RESULT_COLUMNS } from '@bulk/contract/plain';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { fileKindOf } from './file-kind.ts';
import { findMentors } from './mentor-file.ts';
import { readSpreadsheet } from './spreadsheet.ts';
import { makeSpreadsheet } from './testing/make-spreadsheet.ts';

async function sheetsOf(bytes: Uint8Array) {
  const sheets = await readSpreadsheet(bytes);
  if ('kind' in sheets) throw new Error(sheets.problem);
  return sheets;
}

test('cells are read as texts, with their lines, and empty sheets are left out', async () => {
  const rows = [['Name', 'Mentor ID'], ['Ada & <b>', 17], [''], ['Alan', ' m-2\u00a0'], ['Cy', '0018']];
  const sheets = await sheetsOf(makeSpreadsheet({ Empty: [], 'A & B': rows }));
  expect(sheets.map(({ name }) => name)).toEqual(['A & B']);
  expect(findMentors(sheets[0]!.table)).toMatchObject({
    heading: 'Mentor ID',
    entries: ['17', 'm-2', '0018'],
    lines: [2, 4, 5],
  });
});

test('a results file that was saved as a spreadsheet is read as it was written', async () => {
  const rows = [[...RESULT_COLUMNS], ["'-17", 'failed'], [' m-1', 'success']];
  const [sheet] = await sheetsOf(makeSpreadsheet({ Results: rows }));
  expect(findMentors(sheet!.table, { status: 'all' })).toMatchObject({ entries: ['-17', ' m-1'] });
});

test('100,000 rows are read', async () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => [`m-${index}`, index]);
  const [sheet] = await sheetsOf(makeSpreadsheet({ Mentors: rows }));
  expect(findMentors(sheet!.table, { column: 0, hasHeading: false })).toMatchObject({
    entries: { length: 100_000 },
  });
});

test.each([
  ['another zip', zipSync({ 'a.txt': new Uint8Array([1]) })],
  ['a broken zip', makeSpreadsheet({ A: [['m-1']] }).slice(0, 300)],
])('%s is refused with what to do', async (_, bytes) => {
  expect(fileKindOf(bytes)).toBe('xlsx');
  expect(await readSpreadsheet(bytes)).toMatchObject({
    problem: expect.stringContaining('save it as CSV (UTF-8)'),
  });
});

test('the kind of a file is known by its first bytes', () => {
  expect(fileKindOf(new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1]))).toBe('xls');
  for (const text of ['PK-17\nPK-18', 'm-1', ''])
    expect(fileKindOf(new TextEncoder().encode(text))).toBe('text');
});
