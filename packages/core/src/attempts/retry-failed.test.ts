import type { RetryRegistrationRequest } from '@bulk/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { parseRegistrationId } from '../registrations/ids.ts';
import { countFailures } from '../results/count-failures.ts';
import {
  createTestDeps,
  currentJob,
  findInconsistencies,
  mentors,
  readDetails,
  runChain,
  runOnce,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { retryFailed } from './retry-failed.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ settings: { BATCH_SIZE: '10' } });
});
afterEach(async () => {
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

const idOf = (id: string) => parseRegistrationId(id) ?? 0n;

/** Ten mentors of whom m-1, m-2 and m-3 have failed as duplicates. */
async function withThreeFailed(): Promise<string> {
  await runChain(deps, await submit(deps, { mentor_ids: mentors('m', 3) }));
  const id = await submit(deps, { mentor_ids: mentors('m', 10) });
  await runChain(deps, id);
  return id;
}

const details = (id: string) => readDetails(deps, id);
const activities = () => deps.db.prisma.activity.count();

test('a retry runs the failed mentors and nobody else', async () => {
  const id = await withThreeFailed();
  const before = await activities();
  expect(
    await retryFailed(deps, idOf(id), { action: 'retry_failed', override_duplicates: true }),
  ).toMatchObject({
    answer: { id, status: 'processing', retry_count: 1 },
    replayed: false,
  });
  expect((await details(id)).results.map((result) => result.status)).toEqual([
    ...Array(3).fill('pending'),
    ...Array(7).fill('success'),
  ]);
  await runChain(deps, id);
  expect(await details(id)).toMatchObject({
    status: 'completed',
    success_count: 10,
    failure_count: 0,
    retry_count: 1,
  });
  expect(await activities()).toBe(before + 3);
});

test('override_duplicates stays as it was unless it is given', async () => {
  const id = await withThreeFailed();
  await retryFailed(deps, idOf(id), { action: 'retry_failed' });
  await runChain(deps, id);
  expect(await details(id)).toMatchObject({ failure_count: 3, override_duplicates: false, retry_count: 1 });

  await retryFailed(deps, idOf(id), {
    action: 'retry_failed',
    override_duplicates: true,
    mentor_ids: ['m-1'],
  });
  await runChain(deps, id);
  await retryFailed(deps, idOf(id), { action: 'retry_failed' });
  await runChain(deps, id);
  expect(await details(id)).toMatchObject({ success_count: 10, override_duplicates: true, retry_count: 3 });
});

test('mentor_ids narrows a retry; the others stay failed', async () => {
  const id = await withThreeFailed();
  await retryFailed(deps, idOf(id), {
    action: 'retry_failed',
    override_duplicates: true,
    mentor_ids: ['m-3', 'm-1'],
  });
  await runChain(deps, id);
  const { results, success_count, failure_count } = await details(id);
  expect({ success_count, failure_count }).toEqual({ success_count: 9, failure_count: 1 });
  expect(results.filter((result) => result.status === 'failed').map((result) => result.mentor_id)).toEqual([
    'm-2',
  ]);
});

test('mentors that have not failed are named, and nothing changes', async () => {
  const id = await withThreeFailed();
  const retry = retryFailed(deps, idOf(id), {
    action: 'retry_failed',
    mentor_ids: ['m-1', 'm-4', 'stranger'],
  });
  await expect(retry).rejects.toMatchObject({
    code: 'validation',
    fieldErrors: [
      { pointer: '#/mentor_ids/1', code: 'not_failed' },
      { pointer: '#/mentor_ids/2', code: 'not_failed' },
    ],
  });
  expect(await details(id)).toMatchObject({ status: 'completed', failure_count: 3, retry_count: 0 });
});

test('of many retries at once exactly one starts', async () => {
  const id = await withThreeFailed();
  const retries = await Promise.allSettled(
    Array.from({ length: 8 }, () => retryFailed(deps, idOf(id), { action: 'retry_failed' })),
  );
  expect(retries.filter((retry) => retry.status === 'fulfilled')).toHaveLength(1);
  for (const retry of retries) {
    if (retry.status === 'rejected') expect(retry.reason).toMatchObject({ code: 'still_processing' });
  }
  await runChain(deps, id);
  expect(await details(id)).toMatchObject({ failure_count: 3, retry_count: 1 });
});

test('a retry that can not be says why', async () => {
  const id = await submit(deps, { mentor_ids: mentors('m', 15) });
  const retry = () => retryFailed(deps, idOf(id), { action: 'retry_failed' });
  await expect(retry()).rejects.toMatchObject({ code: 'still_processing' });
  await runChain(deps, id);
  await expect(retry()).rejects.toMatchObject({ code: 'nothing_failed' });
  await expect(retryFailed(deps, 999n, { action: 'retry_failed' })).rejects.toMatchObject({
    code: 'registration_not_found',
  });

  const cancelled = await submit(deps, { mentor_ids: mentors('n', 15) });
  await cancelOrDelete(deps, idOf(cancelled), { only: null, ifMatch: null });
  await expect(retryFailed(deps, idOf(cancelled), { action: 'retry_failed' })).rejects.toMatchObject({
    code: 'was_cancelled',
  });
});

test('a retry that is cancelled leaves its mentors cancelled and the successes as they were', async () => {
  const id = await withThreeFailed();
  await retryFailed(deps, idOf(id), { action: 'retry_failed', override_duplicates: true });
  await cancelOrDelete(deps, idOf(id), { only: null, ifMatch: null });
  expect(await runOnce(deps, await currentJob(deps, id))).toEqual({ kind: 'stale' });
  expect((await details(id)).results.map((result) => result.status)).toEqual([
    ...Array(3).fill('cancelled'),
    ...Array(7).fill('success'),
  ]);
});

test('however often it is retried, a registration has the batches of two attempts, and each latest result', async () => {
  const id = await withThreeFailed();
  await retryFailed(deps, idOf(id), {
    action: 'retry_failed',
    override_duplicates: true,
    mentor_ids: ['m-2'],
  });
  await runChain(deps, id);
  const outcome = await details(id);
  for (let retry = 0; retry < 20; retry += 1) {
    await retryFailed(deps, idOf(id), { action: 'retry_failed', override_duplicates: false });
    expect((await details(id)).results.map(({ status }) => status).slice(0, 4)).toEqual([
      'pending',
      'success',
      'pending',
      'success',
    ]);
    await runChain(deps, id);
    expect((await details(id)).results).toEqual(outcome.results);
  }
  const attempts = await deps.db.prisma.registrationBatch.findMany({
    where: { registrationId: idOf(id) },
    select: { attempt: true, batchNo: true },
  });
  expect(attempts).toEqual([
    { attempt: 1, batchNo: 0 },
    { attempt: 22, batchNo: 0 },
  ]);
});

/** Of six mentors m-1 and m-2 have failed as duplicates, bad-1 and bad-2 by a rule of the database. */
async function withTwoCodes(): Promise<string> {
  await deps.db.prisma
    .$executeRaw`alter table activities add constraint no_bad check (mentor_id not like 'bad%')`;
  await runChain(deps, await submit(deps, { mentor_ids: mentors('m', 2) }));
  const id = await submit(deps, { mentor_ids: ['bad-1', ...mentors('m', 4), 'bad-2'] });
  await runChain(deps, id);
  return id;
}

const failures = async (id: string) => (await countFailures(deps, idOf(id))).failures;

test('error_codes narrows a retry to those who failed so; the failures are counted by code', async () => {
  const id = await withTwoCodes();
  expect(await failures(id)).toEqual([
    { error_code: 'constraint_violated', count: 2 },
    { error_code: 'duplicate', count: 2 },
  ]);
  await retryFailed(deps, idOf(id), {
    action: 'retry_failed',
    error_codes: ['duplicate'],
    override_duplicates: true,
  });
  expect(await details(id)).toMatchObject({ failure_count: 2, progress: { pending: 2 } });
  expect(await failures(id)).toEqual([{ error_code: 'constraint_violated', count: 2 }]);
  await runChain(deps, id);
  expect(await details(id)).toMatchObject({ success_count: 4, failure_count: 2 });

  await expect(
    retryFailed(deps, idOf(id), { action: 'retry_failed', error_codes: ['duplicate', 'rejected'] }),
  ).rejects.toMatchObject({
    code: 'nothing_failed',
    message: expect.stringContaining('duplicate or rejected'),
  });
  expect(await details(id)).toMatchObject({ status: 'completed', retry_count: 1 });
});

test('mentor_ids and error_codes apply together', async () => {
  const id = await withTwoCodes();
  const request: RetryRegistrationRequest = { action: 'retry_failed', error_codes: ['duplicate'] };
  await expect(
    retryFailed(deps, idOf(id), { ...request, mentor_ids: ['m-2', 'bad-1'] }),
  ).rejects.toMatchObject({
    code: 'validation',
    fieldErrors: [{ pointer: '#/mentor_ids/1', code: 'not_failed' }],
  });
  await retryFailed(deps, idOf(id), { ...request, mentor_ids: ['m-2'] });
  expect(await details(id)).toMatchObject({ failure_count: 3, progress: { pending: 1 } });
});

test('a registration without failures has no codes', async () => {
  expect(await failures(await submit(deps))).toEqual([]);
  await expect(failures('bulk-999')).rejects.toMatchObject({ code: 'registration_not_found' });
});
