import { RESULT_COLUMNS } from '@bulk/contract/plain';
import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  columnsOf,
  findMentors,
  mayHaveHeadings,
  pastedTextOf,
  type ReadOptions,
  readMentorFile,
} from './mentor-file.ts';

const list = (entries: string[], heading: string | null = null, empty = 0) =>
  expect.objectContaining({ kind: 'list', entries, ids: [...new Set(entries)], heading, empty });
const unusable = (problem: string) =>
  expect.objectContaining({ kind: 'unusable', problem: expect.stringContaining(problem) });
const unclear = (question: string, heading: string) =>
  expect.objectContaining({ kind: 'unclear', question, heading });
const readPasted = (text: string, more?: ReadOptions) => readMentorFile(text, { ...more, isPasted: true });

describe.each([
  ['a file', readMentorFile],
  ['a paste', readPasted],
])('%s', (_, read) => {
  test.each([
    ['one id a line', 'm-1\nm-2\n', list(['m-1', 'm-2'])],
    ['the mark of Excel, blanks, line ends', '\uFEFF\r\n m-1\u00a0\r\n\r\nm-2\rm', list(['m-1', 'm-2', 'm'])],
    ['blanks within an id', 'Ada Lovelace\n', list(['Ada Lovelace'])],
    ['repeated ids', 'a\nb\na\na', list(['a', 'b', 'a', 'a'])],
    ['ids with words of headings', 'mentor-17\nstaff-2', list(['mentor-17', 'staff-2'])],
    ['one column with a heading', 'Mentor ID\nm-1\nm-2', list(['m-1', 'm-2'], 'Mentor ID')],
    ['a heading and nothing else', 'mentors\n', list([], 'mentors')],
    ['commas', 'name,mentor_id\nAnna,m-1\nBob,m-2\n', list(['m-1', 'm-2'], 'mentor_id')],
    ['the most frequent delimiter', 'Last, first;Mentor-Id;Mail\nA;m,1;a@x\n', list(['m,1'], 'Mentor-Id')],
    ['tabs', '\tMentor number\nAnna\tm-1\n', list(['m-1'], 'Mentor number')],
    ['the best heading, wherever it stands', 'id,mentor_id\n1,m-1\n', list(['m-1'], 'mentor_id')],
    ['missing cells, rows without an id', 'name,id\nA,m-1\nB\n,m-2\nC,""\n', list(['m-1', 'm-2'], 'id', 2)],
    ['delimiters and line ends in quotes', 'note,id\n"a, b\nc", "m,2"\n', list(['m,2'], 'id')],
    ['quoted ids', '"a,b"\n"c""d" \n"e;f"', list(['a,b', 'c"d', 'e;f'])],
    ['quotes in ids', 'm"1\nm-2"\n', list(['m"1', 'm-2"'])],
    ['delimiters behind a single column', 'm-1,\nm-2,\n', list(['m-1', 'm-2'])],
    ['formulas, names of objects', "=1+1\n'-17\n__proto__", list(['=1+1', "'-17", '__proto__'])],
    ['a word among words, or below an id', 'Ada\nAlan\nm-1', list(['Ada', 'Alan', 'm-1'])],
    ['two columns of one name', 'Mentor ID,mentor_id\n1,2', unusable('has two columns named mentor_id')],
    [
      'a comma that moves the id',
      'name,id\nLovelace, Ada,m-1',
      unusable('more values than headings in line 2'),
    ],
    ['an id that a comma cuts', 'id\nm-1\nm,2', unusable('more values than headings in line 3: m')],
    ['a spreadsheet', 'PK\u0003\u0004\0\0', unusable('is not text: save a spreadsheet as CSV first')],
    ['a heading beside ids', 'mentor_id, m-1, m-2', unclear('heading', 'mentor_id')],
  ])('%s', (_name, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    'm-1, m-2 ,m-3,',
    'm-1;m-2;m-3',
    'm-1\tm-2\tm-3',
    'm-1, m-2;\nm-3',
    '"m-1", "m-2",\n"m-3"',
    'm-1 m-2\u00a0 m-3',
    'm-1 m-2, m-3',
  ])('ids may stand side by side: %j', (text) => expect(read(text)).toEqual(list(['m-1', 'm-2', 'm-3'])));

  test.each([
    ['Employee\nm-1\nm-2', ['Employee', 'm-1', 'm-2']],
    ['"Personnel no";\n17;\n', ['Personnel no', '17']],
    ['Name\nAda\nAlan', ['Name', 'Ada', 'Alan']],
    ['Who\nm-1\nm-2\nAda', ['Who', 'm-1', 'm-2', 'Ada']],
    ['Employee', ['Employee']],
  ])('an unknown heading is not taken for a mentor: %j', (text, entries) => {
    const [heading = '', ...others] = entries;
    expect(read(text)).toEqual(unclear('heading', heading));
    expect(read(text, { column: heading })).toEqual(list(others, heading));
    expect(read(text, { hasHeading: false })).toEqual(list(entries));
  });

  test.each([
    'Name,Mail\nAda,a@x\nAlan,b@x',
    'Employee\tTeam\n17\tA\n18\tB',
    'm-1\t2026-01-01\nm-2\t2026-01-02',
    'Name, Mail,\nAda, a@x',
    'm-1, m-2\nm-3, m-4',
    'm-1,\n,Ada',
  ])('nobody is taken from a table whose columns have no known heading: %j', (text) => {
    expect(read(text)).toEqual(expect.objectContaining({ kind: 'unclear', question: 'column' }));
    expect(read(text, { hasHeading: false })).toMatchObject({ question: 'column' });
  });
});

test('a column is chosen by its heading, however it is written, or by its position', () => {
  expect(readMentorFile('id,Staff No\n1,m-1\n', { column: 'staff_no' })).toEqual(list(['m-1'], 'Staff No'));
  expect(readMentorFile('№,名前\n1,m-1\n', { column: '名前' })).toEqual(list(['m-1'], '名前'));
  expect(readMentorFile('id\nm-1', { column: 'x' })).toEqual(unusable('has no column named x'));
  const text = 'Ada,m-1\nAlan,m-2';
  expect(readMentorFile(text, { column: '2' })).toEqual(unclear('heading', 'm-1'));
  expect(readMentorFile(text, { column: '2', hasHeading: false })).toEqual(list(['m-1', 'm-2']));
  expect(readMentorFile(text, { column: '2', hasHeading: true })).toEqual(list(['m-2'], 'm-1'));
  expect(readMentorFile(text, { column: '3' })).toEqual(unusable('has no column named 3'));
});

test('the columns of a table are described, and each value may be a mentor', () => {
  const read = readPasted('Employee,Team\n17,A\n18,');
  if (read.kind !== 'unclear') throw new Error(read.kind);
  expect(columnsOf(read.table)).toEqual([
    { index: 0, first: 'Employee', samples: ['17', '18'] },
    { index: 1, first: 'Team', samples: ['A'] },
  ]);
  expect(mayHaveHeadings(read.table)).toBe(true);
  expect(findMentors(read.table, { column: 0, hasHeading: true })).toEqual(list(['17', '18'], 'Employee'));
  expect(findMentors(read.table, { isEveryValue: true })).toEqual(
    list(['Employee', 'Team', '17', 'A', '18']),
  );
});

test('each id has its line, also below a cell with line ends', () => {
  const text = 'id,note\r\n\r\nm-1,"a\r\nb"\r\nm-2,\r\n';
  expect(readMentorFile(text)).toMatchObject({ entries: ['m-1', 'm-2'], lines: [3, 5] });
  expect(readPasted('m-1, m-2')).toMatchObject({ lines: [1, 1] });
});

test.each(['id,name\nm-1,"Anna\n', '"m-1" x\n'])('quotes that do not match are refused: %j', (text) => {
  expect(readMentorFile(text)).toEqual(unusable('is not valid CSV: '));
});

test('what is pasted may be nothing, or have open quotes', () => {
  expect(readPasted(' \n,;\t\n')).toEqual(list([]));
  expect(readPasted('5" pipe\n"open\nm-3')).toEqual(list(['5" pipe', '"open', 'm-3']));
});

const DELIMITERS = [',', ';', '\t'];

describe.each(DELIMITERS)('our own results file, separated by %j', (delimiter) => {
  const file = (rows: string[][]) =>
    [[...RESULT_COLUMNS], ...rows].map((row) => row.join(delimiter)).join('\r\n');

  test('is read as it was written', () => {
    const ids = ['-17', "'-17", ' leading', "it's", '=1,2;3'];
    const rows = ["'-17", "''-17", ' leading', "it's", '"\'=1,2;3"'].map((id) => [id, 'failed']);
    for (const read of [readMentorFile, readPasted]) expect(read(file(rows))).toEqual(list(ids, 'mentor_id'));
    expect(readMentorFile(file(rows).replace('mentor_id', '"mentor_id"'))).toEqual(list(ids, 'mentor_id'));
    expect(readMentorFile(file(rows).replace('\r', `${delimiter}Team\r`))).toEqual(list(ids, 'mentor_id'));
    expect(readMentorFile("mentor_id,status\n'-17,failed")).toEqual(list(["'-17"], 'mentor_id'));
  });

  test('has failed mentors among others: it is asked which are meant', () => {
    const text = file([
      ['m-1', 'success'],
      ['m-2', 'failed'],
    ]);
    expect(readMentorFile(text)).toEqual(unclear('status', 'mentor_id'));
    expect(readMentorFile(text, { status: 'failed' })).toEqual(list(['m-2'], 'mentor_id'));
    expect(readMentorFile(text, { status: 'all' })).toEqual(list(['m-1', 'm-2'], 'mentor_id'));
    expect(readMentorFile(file([['m-1', 'success']]))).toEqual(list(['m-1'], 'mentor_id'));
  });
});

const id = string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((text) => text.trim())
  .filter((text) => text !== '' && !/[\0\uFEFF]/.test(text));
const ids = array(id, { minLength: 1, maxLength: 20 });

test('whatever the delimiter, the quotes and the line ends, the ids come back', () => {
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  assert(
    property(
      ids,
      constantFrom(...DELIMITERS),
      constantFrom('\n', '\r\n', '\r'),
      (expected, delimiter, end) => {
        const rows = [['note', 'Mentor ID', 'x'], ...expected.map((each) => ['a b', each, '1'])];
        const text = rows.map((row) => row.map(quoted).join(delimiter)).join(end);
        expect(readMentorFile(text)).toEqual(list(expected, 'Mentor ID'));
        const spreadsheet = rows.map((row) =>
          row.map((cell) => (/["\s,;]/.test(cell) ? quoted(cell) : cell)),
        );
        expect(readMentorFile(spreadsheet.map((row) => row.join(delimiter)).join(end))).toEqual(
          list(expected, 'Mentor ID'),
        );
      },
    ),
  );
});

test('ids that were read once read the same when they are pasted', () => {
  assert(
    property(ids, (expected) => {
      expect(readPasted(pastedTextOf(expected), { hasHeading: false })).toEqual(list(expected));
    }),
  );
});
