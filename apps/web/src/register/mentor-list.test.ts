import { describe, expect, test } from 'vitest';
import { pastedTextOf, readMentorFile, readPastedMentors } from './mentor-list.ts';

const list = (ids: string[], more: object = {}) => ({
  kind: 'list',
  entries: ids,
  ids,
  heading: null,
  ...more,
});

describe('pasted', () => {
  test.each([
    ['one a line', 'm-1\nm-2\nm-3'],
    ['lines of Windows, and blank ones', '\r\nm-1\r\n\r\nm-2\r\nm-3\r\n'],
    ['commas and blanks', 'm-1, m-2 ,m-3,'],
    ['semicolons', 'm-1;m-2;m-3'],
    ['a row of a spreadsheet', 'm-1\tm-2\tm-3'],
    ['a mixture', 'm-1, m-2;\nm-3'],
    ['quotes', '"m-1", "m-2"\n"m-3"'],
    ['the mark of Excel', '\uFEFFm-1\nm-2\nm-3'],
  ])('%s', (_, text) => {
    expect(readPastedMentors(text)).toEqual(list(['m-1', 'm-2', 'm-3']));
  });

  test('what was read from a file reads the same when it is pasted', () => {
    const read = readMentorFile('name,mentor_id\nx,"a,b"\ny,"c""d"\nz,a;b\nz,a;b');
    expect(read).toMatchObject({ ids: ['a,b', 'c"d', 'a;b'] });
    const pasted = readPastedMentors(pastedTextOf(read as Extract<typeof read, { kind: 'list' }>));
    expect(pasted).toEqual({ ...read, heading: null });
  });

  test('nothing', () => {
    expect(readPastedMentors(' \n,;\t\n')).toEqual(list([]));
  });

  test('repeated ids are folded and counted', () => {
    expect(readPastedMentors('a\nb\na\na')).toEqual(list(['a', 'b'], { entries: ['a', 'b', 'a', 'a'] }));
  });

  test('blanks within an id belong to it', () => {
    expect(readPastedMentors('Ada Lovelace\n  Alan Turing ')).toEqual(list(['Ada Lovelace', 'Alan Turing']));
  });

  test('quoted cells keep their separators and quotes', () => {
    expect(readPastedMentors('"a,b"\n"c""d"\n"e\nf"')).toEqual(list(['a,b', 'c"d', 'e\nf']));
  });

  test('a column with a heading', () => {
    expect(readPastedMentors('Mentor ID\nm-1\nm-2')).toEqual(list(['m-1', 'm-2'], { heading: 'Mentor ID' }));
  });

  test('the best heading of a table', () => {
    const text = 'ID\tname\tmentor_id\n1\tAda\tm-1\n2\tAlan\tm-2';
    expect(readPastedMentors(text)).toEqual(list(['m-1', 'm-2'], { heading: 'mentor_id' }));
  });

  test('a table of a spreadsheet without a heading is not guessed at', () => {
    expect(readPastedMentors('m-1\tAda\nm-2\tAlan')).toEqual({
      kind: 'unusable',
      firstLines: ['m-1\tAda', 'm-2\tAlan'],
    });
  });

  test('formulas, markup and control characters are just ids', () => {
    const ids = ['=1+1', '<img src=x onerror=alert(1)>', 'a\u0007b', '__proto__'];
    expect(readPastedMentors(ids.join('\n'))).toEqual(list(ids));
  });

  test('an open quote takes nothing away', () => {
    expect(readPastedMentors('5" pipe\n"open\nm-3')).toEqual(list(['5" pipe', '"open', 'm-3']));
  });

  test('100,001 are all counted', () => {
    const text = Array.from({ length: 100_001 }, (_, index) => `mentor-${index}`).join('\n');
    const read = readPastedMentors(text);
    expect(read.kind === 'list' && read.ids.length).toBe(100_001);
  });
});

describe('files', () => {
  test('a single column needs no heading', () => {
    expect(readMentorFile('m-1\nm-2\n')).toEqual(list(['m-1', 'm-2']));
  });

  test.each([',', ';', '\t'])('the right column, separated by %j', (separator) => {
    const text = [
      ['name', 'Mentor-Id'],
      ['"Lovelace, Ada"', 'm-1'],
      ['Alan', 'm-2'],
    ];
    const file = text.map((row) => row.join(separator)).join('\r\n');
    expect(readMentorFile(file)).toEqual(list(['m-1', 'm-2'], { heading: 'Mentor-Id' }));
  });

  test('rows of different length, and cells that are missing', () => {
    expect(readMentorFile('name,mentor_id\nAda,m-1\nAlan\n,m-2')).toEqual(
      list(['m-1', 'm-2'], { heading: 'mentor_id' }),
    );
  });

  test('several columns of which none is named: the first lines are shown', () => {
    expect(readMentorFile('name,mail\nAda,ada@example.org\nAlan,alan@example.org\nx,y')).toEqual({
      kind: 'unusable',
      firstLines: ['name,mail', 'Ada,ada@example.org', 'Alan,alan@example.org'],
    });
  });

  test('rows of different length without a heading are a table too', () => {
    expect(readMentorFile('m-1\nm-2,Ada')).toEqual({ kind: 'unusable', firstLines: ['m-1', 'm-2,Ada'] });
  });

  test('separators after the only column are no table', () => {
    expect(readMentorFile('m-1,\nm-2,\n')).toEqual(list(['m-1', 'm-2']));
  });

  test.each([
    ['empty', '', []],
    ['binary', 'PK\u0003\u0004\0\0', ['(not a text file)']],
  ])('%s', (_, text, firstLines) => {
    expect(readMentorFile(text)).toEqual({ kind: 'unusable', firstLines });
  });
});
