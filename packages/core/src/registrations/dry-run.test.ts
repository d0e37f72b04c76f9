import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createTestDeps,
  mentors,
  registrationRequest,
  runChain,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { dryRun } from './dry-run.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps();
});
afterEach(() => deps.close());

test('a dry run names who is a duplicate of which activity, and writes nothing', async () => {
  await runChain(deps, await submit(deps, { mentor_ids: ['m-3', 'm-1'] }));
  const request = registrationRequest({ mentor_ids: mentors('m', 4) });
  const before = await deps.db.prisma.activity.findMany({ orderBy: { mentorId: 'asc' } });

  const registered = {
    coordinator_id: 'coord-42',
    registration_id: 'bulk-001',
    registered_at: before[0]?.createdAt.toISOString(),
  };
  expect(await dryRun(deps, request)).toEqual({
    mentor_count: 4,
    success_count: 2,
    failure_count: 2,
    duplicates: [
      { mentor_id: 'm-1', existing_activity_id: `pa-00${before[0]?.id}`, ...registered },
      { mentor_id: 'm-3', existing_activity_id: `pa-00${before[1]?.id}`, ...registered },
    ],
    plan: expect.stringMatching(/^[\w-]+$/),
  });
  expect(await dryRun(deps, { ...request, override_duplicates: true })).toMatchObject({
    success_count: 4,
    failure_count: 0,
    duplicates: [{ mentor_id: 'm-1' }, { mentor_id: 'm-3' }],
  });
  expect(await dryRun(deps, { ...request, activity_date: '2026-03-29' })).toMatchObject({ duplicates: [] });
  expect(await deps.db.prisma.activity.findMany({ orderBy: { mentorId: 'asc' } })).toEqual(before);
  expect(await deps.db.prisma.bulkRegistration.count()).toBe(1);
});

test('what it says of 100,000 mentors is what then happens', async () => {
  await runChain(deps, await submit(deps, { mentor_ids: mentors('m', 1_000) }));
  const request = registrationRequest({ mentor_ids: mentors('m', 100_000) });
  expect(await dryRun(deps, request)).toMatchObject({ success_count: 99_000, failure_count: 1_000 });
});
