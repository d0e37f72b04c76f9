import type { VerificationCheck } from '@bulk/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { retryFailed } from '../attempts/retry-failed.ts';
import { undoRegistration } from '../attempts/undo.ts';
import { createTestDeps, mentors, runChain, runNextBatch, submit, type TestDeps } from '../testing/index.ts';
import { cancelOrDelete } from './cancel-or-delete.ts';
import { parseRegistrationId } from './ids.ts';
import { verifyRegistration } from './verify.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ settings: { BATCH_SIZE: '10' } });
});
afterEach(() => deps.close());

const idOf = (id: string) => parseRegistrationId(id) ?? 0n;

/** The checks that do not agree: what is recorded, and what is counted. */
async function differences(id: string): Promise<Partial<Record<VerificationCheck, [number, number]>>> {
  const { agrees, checks } = await verifyRegistration(deps, idOf(id));
  const differing = checks.filter((each) => !each.agrees);
  expect(agrees).toBe(differing.length === 0);
  return Object.fromEntries(differing.map(({ check, recorded, counted }) => [check, [recorded, counted]]));
}

test('counts agree in every state', async () => {
  await runChain(deps, await submit(deps, { mentor_ids: mentors('m', 3) }));
  const id = await submit(deps, { mentor_ids: mentors('m', 30) });
  expect(await differences(id)).toEqual({});
  await runNextBatch(deps, id);
  expect(await differences(id)).toEqual({});
  await runChain(deps, id);
  await retryFailed(deps, idOf(id), {
    action: 'retry_failed',
    override_duplicates: true,
    mentor_ids: ['m-2'],
  });
  expect(await differences(id)).toEqual({});
  await runChain(deps, id);
  expect(await differences(id)).toEqual({});

  await undoRegistration(deps, idOf(id));
  await runNextBatch(deps, id);
  expect(await differences(id)).toEqual({});
  await cancelOrDelete(deps, idOf(id), { only: null, ifMatch: null });
  expect(await differences(id)).toEqual({});
  await undoRegistration(deps, idOf(id));
  await runChain(deps, id);
  expect(await differences(id)).toEqual({});
});

test('an activity that is deleted, changed or added, and a wrong counter, make a difference', async () => {
  const { activity, bulkRegistration } = deps.db.prisma;
  const id = await submit(deps, { mentor_ids: mentors('m', 4) });
  await runChain(deps, id);
  const [first, second, third] = await activity.findMany({ orderBy: { id: 'asc' } });
  if (!first || !second || !third) throw new Error('nothing was written');

  await activity.delete({ where: { id: first.id } });
  expect(await differences(id)).toEqual({ activities: [4, 3] });
  await activity.update({ where: { id: second.id }, data: { mentorId: 'other' } });
  expect(await differences(id)).toEqual({ activities: [4, 2] });
  await activity.create({ data: { ...third, id: 1_000n, occurrence: null } });
  expect(await differences(id)).toEqual({ activities: [4, 2], activities_without_result: [0, 1] });

  const failed = await submit(deps, { mentor_ids: ['m-3', 'm-4', 'm-5'] });
  await runChain(deps, failed);
  await bulkRegistration.update({ where: { id: idOf(failed) }, data: { successCount: 2, failureCount: 1 } });
  expect(await differences(failed)).toEqual({ successes: [2, 1], failures: [1, 2], activities: [2, 1] });
});

test('what does not exist cannot be verified', async () => {
  await expect(verifyRegistration(deps, 999n)).rejects.toMatchObject({ code: 'registration_not_found' });
});
