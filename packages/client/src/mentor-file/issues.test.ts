import { expect, test } from 'vitest';
import { findIssues, readMentorFile, showInvisible, withoutIssues } from './mentor-file.ts';

const issuesOf = (text: string) => {
  const read = readMentorFile(text);
  return read.kind === 'list' ? findIssues(read) : read;
};

test('invisible characters, repeated and overlong ids are found with their lines', () => {
  const long = 'x'.repeat(65);
  expect(issuesOf(`\uFEFFm-1\nm-\u200B2\n\nm\u00a03\nm-1\n${long}\n${'😀'.repeat(64)}\nm 4\n`)).toEqual([
    { kind: 'invisible', index: 1, line: 2, id: 'm-\u200B2' },
    { kind: 'invisible', index: 2, line: 4, id: 'm\u00a03' },
    { kind: 'repeated', index: 3, line: 5, id: 'm-1' },
    { kind: 'too_long', index: 4, line: 6, id: long },
  ]);
});

test.each([
  ['\u200B', '[U+200B]'],
  ['\uFEFF', '[U+FEFF]'],
  ['\u202E', '[U+202E]'],
  ['\u0007', '[U+0007]'],
  ['\u3000', '[U+3000]'],
])('%j is shown as %s', (character, shown) => {
  expect(showInvisible(`m${character}1 2`)).toBe(`m${shown}1 2`);
});

test('each kind of issue can be taken out', () => {
  const entries = ['m-\u200B1', 'm\u00a02', '\u200B', 'x'.repeat(65), 'm-1', 'm-1'];
  const visible = withoutIssues(entries, 'invisible');
  expect(visible).toEqual(['m-1', 'm 2', 'x'.repeat(65), 'm-1', 'm-1']);
  const short = withoutIssues(visible, 'too_long');
  expect(short).toEqual(['m-1', 'm 2', 'm-1', 'm-1']);
  expect(withoutIssues(short, 'repeated')).toEqual(['m-1', 'm 2']);
});
