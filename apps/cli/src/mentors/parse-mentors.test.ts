import { expect, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { parseMentors } from './parse-mentors.ts';

const parse = (text: string, column: string | null = null) =>
  parseMentors(text, { name: 'mentors.csv', column });

test.each([
  ['one id a line', 'm-1\nm-2\n', ['m-1', 'm-2']],
  ['Windows line ends, blank lines, white space, no last line end', '\r\n m-1 \r\n\r\nm-2', ['m-1', 'm-2']],
  ['a single id', 'm-1', ['m-1']],
  ['one column with a header', 'mentor_id\nm-1\nm-2\n', ['m-1', 'm-2']],
  ['a byte order mark', '\u{feff}mentor_id\nm-1\n', ['m-1']],
  ['commas', 'name,mentor_id\nAnna,m-1\nBob,m-2\n', ['m-1', 'm-2']],
  ['semicolons', 'Name;Mentor ID;Mail\nAnna;m-1;a@x\n', ['m-1']],
  ['several of them, of which the most frequent counts', 'Last, first;Mentor ID;Mail\nA;m,1;a@x\n', ['m,1']],
  ['tabs', 'mentor\tname\nm-1\tAnna\n', ['m-1']],
  ['quotes, with delimiters and line ends in them', 'note,id\n"a, b\nc",m-1\n,"m,2"\n', ['m-1', 'm,2']],
  ['quotes around single ids', '"m-1"\n"m-2"\n', ['m-1', 'm-2']],
  ['ids with quotes in them', 'm"1\nm-2"\n', ['m"1', 'm-2"']],
  ['delimiters after the first line', 'm-1\nm,2\nm;3\n', ['m-1', 'm,2', 'm;3']],
  ['names of objects', '__proto__\nconstructor\n', ['__proto__', 'constructor']],
])('%s', (_, text, ids) => {
  expect(parse(text)).toEqual({ ids, empty: 0 });
});

test('mentor_id goes before id, wherever it stands', () => {
  expect(parse('id,mentor_id\n1,m-1\n').ids).toEqual(['m-1']);
});

test('the column that is named is taken, and its name may be written differently', () => {
  expect(parse('id,Staff No\n1,m-1\n', 'staff_no').ids).toEqual(['m-1']);
});

test('ids that come again are kept, and lines without one counted', () => {
  expect(parse('id,name\nm-1,Anna\nm-1,Anna\n,Bob\n"",Cy\n')).toEqual({ ids: ['m-1', 'm-1'], empty: 2 });
});

test('several columns, none of them known: the first lines are shown, without what a terminal would obey', () => {
  const parsing = () => parse('Name,Mail\nAnna\u001b[31m,a@x\nBob,b@x\nCy,c@x\n');
  expect(parsing).toThrow(UsageError);
  expect(parsing).toThrow(
    /^mentors\.csv has no column named mentor_id, mentor or id\. It begins:\n {2}Name,Mail\n {2}Anna\u{fffd}\[31m,a@x\n {2}Bob,b@x\nIts first line/u,
  );
});

test('a column that is not there', () => {
  expect(() => parse('mentor_id\nm-1\n', 'staff')).toThrow(/has no column named staff\. It begins:/);
});

test('quotes that never end', () => {
  expect(() => parse('id,name\nm-1,"Anna\n')).toThrow(/^mentors\.csv is no CSV: /);
});
