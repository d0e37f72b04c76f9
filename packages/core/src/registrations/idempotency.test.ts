import { afterEach, beforeEach, expect, test } from 'vitest';
import { retryFailed } from '../attempts/retry-failed.ts';
import { sweep } from '../jobs/sweep.ts';
import {
  createTestDeps,
  findInconsistencies,
  mentors,
  registrationRequest,
  runChain,
  submit,
  type TestDeps,
  waitFor,
} from '../testing/index.ts';
import { cancelOrDelete } from './cancel-or-delete.ts';
import { parseRegistrationId } from './ids.ts';
import { submitRegistration } from './submit.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ settings: { SWEEP_MS: '50' } });
});
afterEach(async () => {
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

const request = registrationRequest();
const registrations = () => deps.db.prisma.bulkRegistration.count();
const letKeysExpire = () =>
  deps.db.prisma.$executeRaw`update idempotency_keys set created_at = created_at - interval '25 hours'`;

test('fifty requests of one key at once make one registration and get one answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => submitRegistration(deps, request, { idempotencyKey: 'k1' })),
  );
  expect(await registrations()).toBe(1);
  expect(new Set(answers.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
});

test('without a key the same request is a registration of its own each time', async () => {
  await submitRegistration(deps, request);
  await submitRegistration(deps, request);
  expect(await registrations()).toBe(2);
});

test('a replay answers as the first time, whatever has become of the registration', async () => {
  const first = await submitRegistration(deps, request, { idempotencyKey: 'k1' });
  const id = parseRegistrationId(first.answer.id) ?? 0n;
  await runChain(deps, first.answer.id);
  expect(await submitRegistration(deps, request, { idempotencyKey: 'k1' })).toEqual({
    answer: first.answer,
    replayed: true,
  });
  await cancelOrDelete(deps, id, { only: null, ifMatch: null });
  expect(await submitRegistration(deps, request, { idempotencyKey: 'k1' })).toEqual({
    answer: first.answer,
    replayed: true,
  });
  expect(await registrations()).toBe(0);
});

test('the order of fields and a default that is spelled out make no other request', async () => {
  const first = await submitRegistration(deps, request, { idempotencyKey: 'k1' });
  const reordered = { override_duplicates: false, ...Object.fromEntries(Object.entries(request).reverse()) };
  expect(await submitRegistration(deps, reordered as typeof request, { idempotencyKey: 'k1' })).toEqual({
    answer: first.answer,
    replayed: true,
  });
});

test('the same key with another request is refused, and nothing is stored', async () => {
  await submitRegistration(deps, request, { idempotencyKey: 'k1' });
  for (const other of [
    { notes: 'other' },
    { mentor_ids: request.mentor_ids.toReversed() },
    { override_duplicates: true },
  ]) {
    await expect(
      submitRegistration(deps, { ...request, ...other }, { idempotencyKey: 'k1' }),
    ).rejects.toMatchObject({
      code: 'key_reused',
      fieldErrors: [{ header: 'idempotency-key' }],
    });
  }
  expect(await registrations()).toBe(1);
});

test('after 24 hours a key is as good as new, swept or not', async () => {
  const first = await submitRegistration(deps, request, { idempotencyKey: 'k1' });
  await letKeysExpire();
  const second = await submitRegistration(deps, { ...request, notes: 'next day' }, { idempotencyKey: 'k1' });
  expect(second.replayed).toBe(false);
  expect(second.answer.id).not.toBe(first.answer.id);

  await letKeysExpire();
  await sweep(deps, new AbortController().signal);
  expect(await deps.db.prisma.idempotencyKey.count()).toBe(0);
});

test('sweeps delete all expired keys, and no other', async () => {
  await deps.db.prisma.$executeRaw`
    insert into idempotency_keys (key, operation, request_hash, registration_id, attempt, answered_at, created_at)
    select n::text, 'POST', '', 1, 1, now(), now() - interval '25 hours' from generate_series(1, 12000) n`;
  await submitRegistration(deps, request, { idempotencyKey: 'fresh' });
  // A slow machine may need several, because a sweep deletes for a bounded time.
  await waitFor(async () => {
    await deps.db.prisma.$executeRaw`update sweeps set swept_at = '-infinity'`;
    await sweep(deps, new AbortController().signal);
    return (await deps.db.prisma.idempotencyKey.count()) <= 1;
  });
  expect(await deps.db.prisma.idempotencyKey.findMany({ select: { key: true } })).toEqual([{ key: 'fresh' }]);
});

/** Of its four mentors all have failed. */
async function failedRegistration(): Promise<bigint> {
  await runChain(deps, await submit(deps));
  const id = await submit(deps);
  await runChain(deps, id);
  return parseRegistrationId(id) ?? 0n;
}

test('twenty retries of one key at once start one attempt and get one answer', async () => {
  const id = await failedRegistration();
  const retry = () => retryFailed(deps, id, { action: 'retry_failed' }, { idempotencyKey: 'k1' });
  const answers = await Promise.all(Array.from({ length: 20 }, retry));
  expect(new Set(answers.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(answers[0]?.answer).toMatchObject({ status: 'processing', retry_count: 1 });
});

test('a retry that was refused leaves its key free', async () => {
  const id = await submit(deps, { mentor_ids: mentors('other', 3) });
  const retry = () =>
    retryFailed(deps, parseRegistrationId(id) ?? 0n, { action: 'retry_failed' }, { idempotencyKey: 'k1' });
  await expect(retry()).rejects.toMatchObject({ code: 'still_processing' });
  expect(await deps.db.prisma.idempotencyKey.count()).toBe(0);
});

test('a key serves a registration and a retry of it, once each', async () => {
  const id = await failedRegistration();
  await submitRegistration(deps, request, { idempotencyKey: 'k1' });
  const retried = await retryFailed(deps, id, { action: 'retry_failed' }, { idempotencyKey: 'k1' });
  expect(retried.replayed).toBe(false);
  await expect(
    retryFailed(deps, id, { action: 'retry_failed', override_duplicates: true }, { idempotencyKey: 'k1' }),
  ).rejects.toMatchObject({ code: 'key_reused' });
});
