import { afterEach, beforeEach, expect, test } from 'vitest';
import { retryFailed } from '../attempts/retry-failed.ts';
import {
  createTestDeps,
  mentors,
  readDetails,
  runChain,
  runNextBatch,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { getRegistration } from './get.ts';
import { parseRegistrationId } from './ids.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { BATCH_SIZE: '700' } });
});
afterEach(() => deps.close());

const idOf = (id: string) => parseRegistrationId(id) ?? 0n;

/** Reads the first page; the rest when it is asked for. */
async function openDetails(id: string) {
  const answer = await getRegistration(deps, idOf(id), { view: 'all', ifNoneMatch: null });
  if (answer.kind === 'unchanged' || answer.lists === null) throw new Error('asked for the whole answer');
  return { details: answer.details, reading: answer.lists.results[Symbol.asyncIterator]() };
}

async function rest(reading: AsyncIterator<{ status: string }[]>): Promise<string[]> {
  const statuses: string[] = [];
  for (let page = await reading.next(); !page.done; page = await reading.next()) {
    statuses.push(...page.value.map(({ status }) => status));
  }
  return statuses;
}

test('pages that are read later show what the counts of the beginning say', async () => {
  const id = await submit(deps, { mentor_ids: mentors('m', 5_000) });
  await runNextBatch(deps, id);
  await runNextBatch(deps, id);
  const { details, reading } = await openDetails(id);
  await runChain(deps, id);
  const statuses = await rest(reading);
  expect(statuses).toHaveLength(5_000);
  expect(statuses.filter((status) => status === 'success')).toHaveLength(details.success_count);
  expect(details.success_count).toBe(1_400);
  expect((await readDetails(deps, id)).results.every(({ status }) => status === 'success')).toBe(true);
});

test('of a retry, too; and when its results are merged meanwhile, the answer breaks off', async () => {
  const mentor_ids = mentors('m', 5_000);
  await runChain(deps, await submit(deps, { mentor_ids: mentor_ids.filter((_, index) => index % 2 === 0) }));
  const id = await submit(deps, { mentor_ids });
  await runChain(deps, id);
  await retryFailed(deps, idOf(id), { action: 'retry_failed', override_duplicates: false });
  await runNextBatch(deps, id);
  const first = await openDetails(id);
  const second = await openDetails(id);
  await runChain(deps, id);
  const statuses = await rest(first.reading);
  expect(statuses.filter((status) => status === 'failed')).toHaveLength(first.details.failure_count);
  expect(statuses.filter((status) => status === 'pending')).toHaveLength(1_800);

  await second.reading.next();
  await retryFailed(deps, idOf(id), { action: 'retry_failed' });
  await expect(rest(second.reading)).rejects.toMatchObject({ code: 'changed_meanwhile' });
});
