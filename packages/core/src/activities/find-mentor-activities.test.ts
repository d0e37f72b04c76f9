import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDeps, runChain, submit, type TestDeps } from '../testing/index.ts';
import type { ActivityCursor } from './activity-cursor.ts';
import { findMentorActivities } from './find-mentor-activities.ts';

let deps: TestDeps;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory' });
  for (const [day, mentor] of [
    [1, 'm-1'],
    [2, 'm-2'],
    [3, 'm-2'],
    [4, 'm-1'],
    [5, 'm-2'],
    [6, 'm-2'],
  ] as const) {
    await runChain(deps, await submit(deps, { activity_date: `2026-03-0${day}`, mentor_ids: [mentor] }));
  }
});
afterAll(() => deps.close());

async function allOf(mentorId: string, { maxPairs, limit }: { maxPairs: number; limit: number }) {
  const days: string[] = [];
  let pages = 0;
  let after: ActivityCursor | null = null;
  do {
    const request = { mentorId, from: '2026-03-01', to: '2026-03-31', ofCoordinators: null };
    const found = await findMentorActivities(deps.db.prisma, { ...request, after, limit, maxPairs });
    days.push(...found.rows.map(({ activityDate }) => activityDate));
    after = found.next;
    pages += 1;
  } while (after !== null);
  return { days, pages };
}

test.each([
  { maxPairs: 2, limit: 10 },
  { maxPairs: 3, limit: 10 },
  { maxPairs: 4, limit: 1 },
  { maxPairs: 6, limit: 1 },
  { maxPairs: 7, limit: 2 },
])('a page ends after so many days and types, and the next one goes on: %o', async (bounds) => {
  expect((await allOf('m-1', bounds)).days).toEqual(['2026-03-04', '2026-03-01']);
  expect((await allOf('m-2', bounds)).days).toHaveLength(4);
});

test('a mentor without activities costs one page for so many days and types', async () => {
  expect(await allOf('nobody', { maxPairs: 7, limit: 1 })).toEqual({ days: [], pages: 1 });
  expect((await allOf('nobody', { maxPairs: 2, limit: 1 })).pages).toBeGreaterThan(3);
});
