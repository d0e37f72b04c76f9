import type { CreateRegistrationRequest } from '@bulk/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { undoRegistration } from '../attempts/undo.ts';
import {
  createTestDeps,
  findInconsistencies,
  mentors,
  readDetails,
  registrationRequest,
  runChain,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { dryRun } from './dry-run.ts';
import { parseRegistrationId } from './ids.ts';
import { submitRegistration } from './submit.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ settings: { BATCH_SIZE: '10' } });
});
afterEach(async () => {
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

const request = registrationRequest({ mentor_ids: mentors('m', 25) });

/** m-2 and m-13 have the activity. */
async function withDuplicates(): Promise<string> {
  const id = await submit(deps, { mentor_ids: ['m-2', 'm-13'] });
  await runChain(deps, id);
  return id;
}

async function planned(fields: Partial<CreateRegistrationRequest> = {}): Promise<CreateRegistrationRequest> {
  return { ...request, ...fields, plan: (await dryRun(deps, request)).plan };
}

const statusesOf = async (id: string) => {
  const { results } = await readDetails(deps, id);
  const named = results.map(({ mentor_id, status }) => [mentor_id, status] as const);
  return Object.fromEntries(named);
};

test('a plan is applied in one attempt: only the chosen duplicates get one more activity', async () => {
  await withDuplicates();
  const { answer } = await submitRegistration(deps, await planned({ override_mentor_ids: ['m-13'] }));
  await runChain(deps, answer.id);
  expect(await readDetails(deps, answer.id)).toMatchObject({
    success_count: 24,
    failure_count: 1,
    retry_count: 0,
    override_duplicates: false,
  });
  expect(await statusesOf(answer.id)).toMatchObject({ 'm-1': 'success', 'm-2': 'failed', 'm-13': 'success' });
});

test('mentors who became duplicates, or are none any more, are named, and nothing is registered', async () => {
  const earlier = await withDuplicates();
  const request = await planned();
  await undoRegistration(deps, parseRegistrationId(earlier) ?? 0n);
  await runChain(deps, earlier);
  await runChain(deps, await submit(deps, { mentor_ids: ['m-13', 'm-20'] }));
  await expect(submitRegistration(deps, request)).rejects.toMatchObject({
    code: 'plan_outdated',
    fieldErrors: [
      { pointer: '#/mentor_ids/1', code: 'is_no_duplicate' },
      { pointer: '#/mentor_ids/19', code: 'is_duplicate' },
    ],
  });
  expect(await deps.db.prisma.bulkRegistration.count()).toBe(2);
});

test('who becomes a duplicate after the acceptance fails, and who is none any more gets the activity', async () => {
  const earlier = await withDuplicates();
  const { answer } = await submitRegistration(deps, await planned({ override_mentor_ids: ['m-2'] }));
  await undoRegistration(deps, parseRegistrationId(earlier) ?? 0n);
  await runChain(deps, earlier);
  await runChain(deps, await submit(deps, { mentor_ids: ['m-20'] }));
  await runChain(deps, answer.id);
  expect(await statusesOf(answer.id)).toMatchObject({
    'm-2': 'success',
    'm-13': 'success',
    'm-20': 'failed',
  });
  expect(await deps.db.prisma.activity.count({ where: { mentorId: 'm-2', occurrence: 0 } })).toBe(1);
});

test('a repeated request with its plan gets the same answer, though its mentors are duplicates now', async () => {
  const request = await planned();
  const options = { idempotencyKey: 'k' };
  const { answer } = await submitRegistration(deps, request, options);
  await runChain(deps, answer.id);
  expect(await submitRegistration(deps, request, options)).toEqual({ answer, replayed: true });
});

test.each([
  ['of other mentors', { mentor_ids: mentors('m', 24) }],
  ['of another order', { mentor_ids: mentors('m', 25).toReversed() }],
  ['of another date', { activity_date: '2026-03-29' }],
  ['that is none', { plan: 'nonsense' }],
])('a plan %s is refused', async (_, fields) => {
  await expect(submitRegistration(deps, { ...(await planned()), ...fields })).rejects.toMatchObject({
    code: 'validation',
    fieldErrors: [{ pointer: '#/plan', code: 'not_allowed' }],
  });
});

test('mentors to override must be among the mentors', async () => {
  const stranger = { ...request, override_mentor_ids: ['m-1', 'stranger'] };
  const refusal = {
    code: 'validation',
    fieldErrors: [{ pointer: '#/override_mentor_ids/1', code: 'not_allowed' }],
  };
  await expect(submitRegistration(deps, stranger)).rejects.toMatchObject(refusal);
  await expect(dryRun(deps, stranger)).rejects.toMatchObject(refusal);
});

test('a dry run counts the chosen duplicates as successes', async () => {
  await withDuplicates();
  expect(await dryRun(deps, { ...request, override_mentor_ids: ['m-1', 'm-2'] })).toMatchObject({
    success_count: 24,
    failure_count: 1,
  });
});
