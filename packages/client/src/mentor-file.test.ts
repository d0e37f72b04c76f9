import { RESULT_COLUMNS } from '@bulk/contract/plain';
import { describe, expect, test } from 'vitest';
import { pastedTextOf, type ReadOptions, readMentorFile } from './mentor-file.ts';

const list = (entries: string[], heading: string | null = null, empty = 0) => {
  return { kind: 'list', entries, ids: [...new Set(entries)], heading, empty };
};
const unusable = (problem: string) => ({ kind: 'unusable', problem: expect.stringContaining(problem) });
const readPasted = (text: string, more?: ReadOptions) => readMentorFile(text, { ...more, isPasted: true });
const NO_COLUMN = unusable('has no column named mentor_id, mentor or id');

describe.each([
  ['a file', readMentorFile],
  ['a paste', readPasted],
])('%s', (_, read) => {
  test.each([
    ['one id a line', 'm-1\nm-2\n', list(['m-1', 'm-2'])],
    ['the mark of Excel, blanks, line ends', '\uFEFF\r\n m-1\u00a0\r\n\r\nm-2\rm', list(['m-1', 'm-2', 'm'])],
    ['blanks within an id', 'Ada Lovelace\n', list(['Ada Lovelace'])],
    ['repeated ids', 'a\nb\na\na', list(['a', 'b', 'a', 'a'])],
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
    ['a table without a known heading', 'm-1\tAda\nm-2\tAlan', NO_COLUMN],
    ['two columns of one name', 'Mentor ID,mentor_id\n1,2', unusable('has two columns named mentor_id')],
    ['a comma that moves the id', 'name,id\nLovelace, Ada,m-1', unusable('has more values than headings')],
    ['an id that a comma cuts', 'id\nm-1\nm,2', unusable('has more values than headings beside m')],
    ['a spreadsheet', 'PK\u0003\u0004\0\0', unusable('is not text: save a spreadsheet as CSV first')],
  ])('%s', (_name, text, expected) => {
    expect(read(text)).toEqual(expect.objectContaining(expected));
  });

  test.each([
    ['Employee\nm-1\nm-2', ['Employee', 'm-1', 'm-2']],
    ['"Personnel no";\n17;\n', ['Personnel no', '17']],
  ])('an unknown heading is not taken for a mentor: %j', (text, entries) => {
    const [heading = '', ...others] = entries;
    expect(read(text)).toEqual({ kind: 'unclear', heading, entries });
    expect(read(text, { column: heading })).toEqual(list(others, heading));
    expect(read(text, { hasHeading: false })).toEqual(list(entries));
  });
});

test('the column that is named is taken, and its name may be written differently', () => {
  expect(readMentorFile('id,Staff No\n1,m-1\n', { column: 'staff_no' })).toEqual(list(['m-1'], 'Staff No'));
  expect(readMentorFile('№,名前\n1,m-1\n', { column: '名前' })).toEqual(list(['m-1'], '名前'));
  expect(readMentorFile('id\nm-1', { column: 'x' })).toMatchObject(unusable('has no column named x'));
});

test.each(['m-1,m-2', 'm-1\nm-2,Ada', 'm-1,\n,Ada', 'name,mail\nAda,a@x'])('a file %j is a table', (text) => {
  const firstLines = text.split('\n');
  expect(readMentorFile(text)).toMatchObject({ ...NO_COLUMN, firstLines });
  expect(readMentorFile(text, { hasHeading: false })).toMatchObject(NO_COLUMN);
});

test.each(['id,name\nm-1,"Anna\n', '"m-1" x\n'])('quotes that do not match are refused: %j', (text) => {
  expect(readMentorFile(text)).toMatchObject(unusable('is not valid CSV: '));
});

test.each(['m-1, m-2 ,m-3,', 'm-1;m-2;m-3', 'm-1\tm-2\tm-3', 'm-1, m-2;\nm-3', '"m-1", "m-2"\n"m-3"'])(
  'ids may be pasted side by side: %j',
  (text) => expect(readPasted(text)).toEqual(list(['m-1', 'm-2', 'm-3'])),
);

test('what is pasted may be nothing, a heading beside ids, or have open quotes', () => {
  expect(readPasted(' \n,;\t\n')).toEqual(list([]));
  expect(readPasted('mentor_id, m-1, m-2')).toMatchObject({ kind: 'unclear', heading: 'mentor_id' });
  expect(readPasted('5" pipe\n"open\nm-3')).toEqual(list(['5" pipe', '"open', 'm-3']));
});

test('what was read from a file reads the same when it is pasted', () => {
  const entries = ['a,b', 'c"d', 'a;b', 'a;b', "'=1"];
  expect(readPasted(pastedTextOf(entries))).toEqual(list(entries));
});

test.each([',', ';', '\t'])(
  'our own results file is read as it was written, separated by %j',
  (delimiter) => {
    const ids = ['-17', "'-17", ' leading', "it's", '=1,2;3'];
    const rows = ["'-17", "''-17", ' leading', "it's", '"\'=1,2;3"'].map((id) => [id, 'failed']);
    const text = [RESULT_COLUMNS, ...rows].map((row) => row.join(delimiter)).join('\r\n');
    for (const read of [readMentorFile, readPasted]) expect(read(text)).toEqual(list(ids, 'mentor_id'));
    expect(readMentorFile(text.replace('mentor_id', '"mentor_id"'))).toEqual(list(ids, 'mentor_id'));
    expect(readMentorFile("mentor_id,status\n'-17,failed")).toEqual(list(["'-17"], 'mentor_id'));
  },
);
