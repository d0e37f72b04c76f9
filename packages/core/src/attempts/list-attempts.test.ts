import { afterEach, beforeEach, expect, test } from 'vitest';
import { cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { parseRegistrationId } from '../registrations/ids.ts';
import { createTestDeps, mentors, runChain, runNextBatch, submit, type TestDeps } from '../testing/index.ts';
import { listAttempts } from './list-attempts.ts';
import { retryFailed } from './retry-failed.ts';
import { undoRegistration } from './undo.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ settings: { BATCH_SIZE: '10' } });
});
afterEach(() => deps.close());

const idOf = (id: string) => parseRegistrationId(id) ?? 0n;
const TIME = expect.stringMatching(/^\d{4}-.+Z$/);
const NONE = { success_count: 0, failure_count: 0, undone_count: 0, kept_count: 0, not_done_count: 0 };
const attemptsOf = async (id: string) => (await listAttempts(deps, idOf(id))).attempts;

/** Of 30 mentors m-1 to m-12 have failed as duplicates. */
async function withFailures(): Promise<string> {
  await runChain(deps, await submit(deps, { mentor_ids: mentors('m', 12) }));
  const id = await submit(deps, { mentor_ids: mentors('m', 30) });
  await runChain(deps, id);
  return id;
}

test('each attempt tells what it did, also after its results are merged', async () => {
  const id = await withFailures();
  const retry = (mentor_ids: string[], override_duplicates: boolean) =>
    retryFailed(deps, idOf(id), { action: 'retry_failed', mentor_ids, override_duplicates });
  await retry(['m-1', 'm-2'], true);
  await runChain(deps, id);
  await retry(['m-3'], false);
  await runChain(deps, id);
  await undoRegistration(deps, idOf(id));
  await runNextBatch(deps, id);
  await cancelOrDelete(deps, idOf(id), { only: null, ifMatch: null });
  await undoRegistration(deps, idOf(id));

  const times = { by: 'anonymous', accepted_at: TIME, started_at: TIME, finished_at: TIME };
  expect(await attemptsOf(id)).toEqual([
    {
      ...{ attempt: 1, kind: 'register', mentor_count: 30, ...times },
      outcome: { ...NONE, success_count: 18, failure_count: 12 },
    },
    {
      ...{ attempt: 2, kind: 'retry', mentor_count: 2, override_duplicates: true, ...times },
      outcome: { ...NONE, success_count: 2 },
    },
    {
      ...{ attempt: 3, kind: 'retry', mentor_count: 1, override_duplicates: false, ...times },
      outcome: { ...NONE, failure_count: 1 },
    },
    {
      ...{ attempt: 4, kind: 'undo', mentor_count: 20, ...times },
      outcome: { ...NONE, undone_count: 10, not_done_count: 10 },
    },
    {
      ...{ attempt: 5, kind: 'undo', mentor_count: 10, ...times, started_at: null, finished_at: null },
      outcome: { ...NONE, not_done_count: 10 },
    },
  ]);
});

test('what was not stored is null, and the other attempts are told', async () => {
  const id = await withFailures();
  for (let retry = 0; retry < 2; retry += 1) {
    await retryFailed(deps, idOf(id), { action: 'retry_failed' });
    await runChain(deps, id);
  }
  await deps.db.prisma.$executeRaw`
    update registration_history
    set standing_before = null
    where id = (select min(id) from registration_history)`;
  expect(await attemptsOf(id)).toMatchObject([
    { kind: 'register', started_at: null, finished_at: null, outcome: null },
    { kind: 'retry', started_at: TIME, outcome: null },
    { kind: 'retry', outcome: { ...NONE, failure_count: 12 } },
  ]);
});

test('a registration that does not exist has no attempts', async () => {
  await expect(listAttempts(deps, 999n)).rejects.toMatchObject({ code: 'registration_not_found' });
});
