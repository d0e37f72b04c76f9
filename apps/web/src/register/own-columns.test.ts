import { readMentorFile } from '@bulk/client/mentor-file';
import { expect, test } from 'vitest';
import { forgetOwnColumns, keepOwnColumns, ownColumnsOf } from './own-columns.ts';

test.each([
  ['other columns', 'mentor_id,name\nm-1,Ada', {}, true],
  ['ids only', 'm-1\nm-2', {}, false],
  ['several mentors in a row', 'm-1,m-2\nm-3,m-4', { isEveryValue: true }, false],
])('of a table with %s', (_, text, choice, isKept) => {
  const mentors = readMentorFile(text, choice);
  if (mentors.kind !== 'list') throw new Error('is no list');
  keepOwnColumns('bulk-001', mentors);
  expect(ownColumnsOf('bulk-001')).toBe(isKept ? mentors : undefined);
  forgetOwnColumns();
  expect(ownColumnsOf('bulk-001')).toBeUndefined();
});
