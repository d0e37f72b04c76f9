import { expect, test } from 'vitest';
import type { RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import { etagOf, hasSeen, isKnownTo } from './etag.ts';

const version: RegistrationSnapshot = {
  id: 1n,
  mentorCount: 9,
  transientErrorCode: null,
  status: 'processing',
  attempt: 1,
  successCount: 3,
  failureCount: 1,
  undoneCount: 0,
  keptCount: 0,
  undoCount: 0,
  transientErrorSince: null,
};

test('the tag changes with everything that the answer shows', () => {
  const tags = [
    etagOf(version, 'all'),
    etagOf(version, 'failed'),
    etagOf({ ...version, attempt: 2 }, 'all'),
    etagOf({ ...version, successCount: 4 }, 'all'),
    etagOf({ ...version, failureCount: 2 }, 'all'),
    etagOf({ ...version, undoneCount: 1 }, 'all'),
    etagOf({ ...version, keptCount: 1 }, 'all'),
    etagOf({ ...version, status: 'cancelled' }, 'all'),
    etagOf({ ...version, transientErrorSince: new Date(5) }, 'all'),
    etagOf({ ...version, transientErrorSince: new Date(5), transientErrorCode: 'database_busy' }, 'all'),
  ];
  expect(new Set(tags).size).toBe(tags.length);
  expect(etagOf({ ...version }, 'all')).toBe(tags[0]);
});

test('If-None-Match knows lists, the star and tags that a cache has marked weak', () => {
  const etag = etagOf(version, 'all');
  for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
    expect(isKnownTo(header, etag)).toBe(true);
  for (const header of ['', '"other"', etagOf(version, 'none')]) expect(isKnownTo(header, etag)).toBe(false);
});

test('If-Match accepts the state in whichever form it was read', () => {
  expect(hasSeen(etagOf(version, 'none'), version)).toBe(true);
  expect(hasSeen('*', version)).toBe(true);
  expect(hasSeen(etagOf({ ...version, successCount: 30 }, 'all'), version)).toBe(false);
  expect(hasSeen('"1.1"', version)).toBe(false);
});
