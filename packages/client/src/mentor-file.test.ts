import { RESULT_COLUMNS } from '@bulk/contract/plain';
import { describe, expect, test } from 'vitest';
import { type MentorFile, pastedTextOf, type ReadOptions, readMentorFile } from './mentor-file.ts';

const list = (entries: string[], heading: string | null = null, empty = 0) => ({
  kind: 'list',
  entries,
  ids: [...new Set(entries)],
  heading,
  empty,
});
const readPasted = (text: string, options: ReadOptions = {}) =>
  readMentorFile(text, { ...options, isPasted: true });
const problemOf = (read: MentorFile) => (read.kind === 'unusable' ? read.problem : read);

describe.each([
  ['a file', readMentorFile],
  ['a paste', readPasted],
])('%s', (_, read) => {
  test.each([
    ['one id a line', 'm-1\nm-2\n', list(['m-1', 'm-2'])],
    [
      'blank lines, blanks, all line ends, the mark of Excel',
      '\uFEFF\r\n m-1\u00a0\r\n\r\nm-2\rm-3',
      list(['m-1', 'm-2', 'm-3']),
    ],
    ['a single id', 'Ada', list(['Ada'])],
    ['blanks within ids', 'Ada Lovelace\n  Alan Turing ', list(['Ada Lovelace', 'Alan Turing'])],
    ['repeated ids', 'a\nb\na\na', list(['a', 'b', 'a', 'a'])],
    ['one column with a heading', 'Mentor ID\nm-1\nm-2', list(['m-1', 'm-2'], 'Mentor ID')],
    ['a heading and nothing else', 'mentors\n', list([], 'mentors')],
    ['commas', 'name,mentor_id\nAnna,m-1\nBob,m-2\n', list(['m-1', 'm-2'], 'mentor_id')],
    ['semicolons', 'Name;Mentor-Id;Mail\nAnna;m-1;a@x\n', list(['m-1'], 'Mentor-Id')],
    ['the most frequent delimiter', 'Last, first;Mentor ID;Mail\nA;m,1;a@x\n', list(['m,1'], 'Mentor ID')],
    ['tabs', '\tMentor number\nAnna\tm-1\n', list(['m-1'], 'Mentor number')],
    ['the best heading, wherever it stands', 'id,mentor_id\n1,m-1\n', list(['m-1'], 'mentor_id')],
    [
      'missing cells, and rows without an id',
      'name,id\nA,m-1\nB\n,m-2\nC,""\n',
      list(['m-1', 'm-2'], 'id', 2),
    ],
    [
      'quotes, delimiters and line ends in quotes',
      'note,id\n"a, b\nc", "m,2"\n"",m""3\n',
      list(['m,2', 'm""3'], 'id'),
    ],
    ['quoted ids', '"a,b"\n"c""d" \n"e;f"', list(['a,b', 'c"d', 'e;f'])],
    ['quotes in ids', 'm"1\nm-2"\n', list(['m"1', 'm-2"'])],
    ['delimiters behind a single column', 'm-1,\nm-2,\n', list(['m-1', 'm-2'])],
    [
      'formulas, markup and names of objects',
      "=1+1\n'-17\n<b>\n__proto__",
      list(['=1+1', "'-17", '<b>', '__proto__']),
    ],
  ])('%s', (_name, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    ['Employee\nm-1\nm-2', 'Employee'],
    ['"Name"\n17\n18\n', 'Name'],
    ['Personnel no;\n17;\n', 'Personnel no'],
  ])('an unknown heading is not taken for a mentor: %j', (text, heading) => {
    const unclear = read(text);
    expect(unclear).toMatchObject({ kind: 'unclear', heading });
    const { entries } = unclear as Extract<MentorFile, { kind: 'unclear' }>;
    expect(read(text, { column: heading })).toEqual(list(entries.slice(1), heading));
    expect(read(text, { hasHeading: false })).toEqual(list(entries));
    expect(readPasted(pastedTextOf(entries))).toEqual(unclear);
  });

  test.each([['Ada\nAlan'], ['Ada\nAlan\nm-1'], ['m-1\nAda'], ['Ada']])('%j has no heading', (text) => {
    expect(read(text)).toEqual(list(text.split('\n')));
  });

  test('the first line is a mentor where that is said', () => {
    expect(read('id\nm-1', { hasHeading: false })).toEqual(list(['id', 'm-1']));
  });

  test.each([
    ['a table without a known heading', 'm-1\tAda\nm-2\tAlan', 'has no column named mentor_id, mentor or id'],
    ['two columns of the same name', 'Mentor ID,mentor_id\n1,2', 'has two columns named mentor_id'],
    [
      'a comma that moves the id',
      'name,mentor_id\nLovelace, Ada,m-1',
      'has a line with more values than headings: Lovelace, Ada, m-1',
    ],
    [
      'a value that is cut at its comma',
      'mentor_id\nm-1\nm,2',
      'has a line with more values than headings: m, 2',
    ],
    ['a spreadsheet', 'PK\u0003\u0004\0\0', 'is not text: save a spreadsheet as CSV first'],
  ])('%s is refused', (_name, text, problem) => {
    expect(problemOf(read(text))).toBe(problem);
  });
});

describe('files', () => {
  test('the column that is named is taken, and its name may be written differently', () => {
    expect(readMentorFile('id,Staff No\n1,m-1\n', { column: 'staff_no' })).toEqual(list(['m-1'], 'Staff No'));
    expect(readMentorFile('№,名前\n1,m-1\n', { column: '名前' })).toEqual(list(['m-1'], '名前'));
    expect(problemOf(readMentorFile('mentor_id\nm-1\n', { column: 'staff' }))).toBe(
      'has no column named staff',
    );
  });

  test.each([['m-1,m-2'], ['m-1\nm-2,Ada'], ['m-1,Ada\n'], ['m-1,\n,Ada'], ['name,mail\nAda,a@x']])(
    '%j is a table, and its columns are not guessed',
    (text) => {
      expect(problemOf(readMentorFile(text))).toBe('has no column named mentor_id, mentor or id');
      expect(problemOf(readMentorFile(text, { hasHeading: false }))).toMatch(/^has no column/);
    },
  );

  test('the first lines are shown, shortened', () => {
    const read = readMentorFile(`name,mail\n\n${'x'.repeat(100)},a@x\nb,b\nc,c`);
    expect(read).toMatchObject({ firstLines: ['name,mail', `${'x'.repeat(80)}…`, 'b,b'] });
  });

  test.each([['id,name\nm-1,"Anna\n'], ['"m-1" x\n']])('quotes that do not match are refused: %j', (text) => {
    expect(problemOf(readMentorFile(text))).toMatch(/^is not valid CSV: .+/);
  });
});

describe('pasted', () => {
  test.each([
    ['commas and blanks', 'm-1, m-2 ,m-3,'],
    ['semicolons', 'm-1;m-2;m-3'],
    ['a row of a spreadsheet', 'm-1\tm-2\tm-3'],
    ['a mixture', 'm-1, m-2;\nm-3'],
    ['quotes', '"m-1", "m-2"\n"m-3"'],
  ])('%s', (_name, text) => {
    expect(readPasted(text)).toEqual(list(['m-1', 'm-2', 'm-3']));
  });

  test('nothing', () => {
    expect(readPasted(' \n,;\t\n')).toEqual(list([]));
  });

  test('a heading side by side with ids may be a mentor', () => {
    expect(readPasted('mentor_id, m-1, m-2')).toMatchObject({ kind: 'unclear', heading: 'mentor_id' });
  });

  test('an open quote takes nothing away', () => {
    expect(readPasted('5" pipe\n"open\nm-3')).toEqual(list(['5" pipe', '"open', 'm-3']));
  });

  test('what was read from a file reads the same when it is pasted', () => {
    const entries = ['a,b', 'c"d', 'a;b', 'a;b', "'=1"];
    expect(readPasted(pastedTextOf(entries))).toEqual(list(entries));
  });

  test('100,001 are all counted', () => {
    const read = readPasted(Array.from({ length: 100_001 }, (_, index) => `mentor-${index}`).join('\n'));
    expect(read.kind === 'list' && read.ids.length).toBe(100_001);
  });
});

describe('our own results files', () => {
  const file = (delimiter: string, cells: string[]) =>
    [
      RESULT_COLUMNS.join(delimiter),
      ...cells.map((cell) => [cell, 'failed', '', '', '', ''].join(delimiter)),
    ].join('\r\n');

  test.each([',', ';', '\t'])('quotes before formulas are taken away, separated by %j', (delimiter) => {
    const text = file(delimiter, ["'-17", "''-17", ' leading', "it's", '"\'=1,2;3"']);
    const ids = ['-17', "'-17", ' leading', "it's", '=1,2;3'];
    for (const read of [readMentorFile, readPasted]) expect(read(text)).toEqual(list(ids, 'mentor_id'));
    expect(readMentorFile(text.replace('mentor_id', '"mentor_id"'))).toEqual(list(ids, 'mentor_id'));
  });

  test('other files are read as they are', () => {
    const text = file(',', ["'-17"]).replace('status', 'state');
    expect(readMentorFile(text)).toEqual(list(["'-17"], 'mentor_id'));
  });
});
