import type { MentorResult } from '@bulk/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { retryFailed } from '../attempts/retry-failed.ts';
import { cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { parseRegistrationId } from '../registrations/ids.ts';
import {
  createTestDeps,
  currentJob,
  mentors,
  readDetails,
  runChain,
  runOnce,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { listResults, openResults, type ResultsRequest } from './list-results.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { BATCH_SIZE: '3' } });
});
afterEach(() => deps.close());

const idOf = (id: string) => parseRegistrationId(id) ?? 0n;

/** m-1 to m-20, of whom every second one has the activity already: ten of them fail. */
async function submitWithDuplicates(): Promise<string> {
  const mentor_ids = mentors('m', 20);
  await runChain(deps, await submit(deps, { mentor_ids: mentor_ids.filter((_, index) => index % 2 === 1) }));
  return submit(deps, { mentor_ids });
}

const retry = (id: string, fields: { mentor_ids?: string[] } = {}) =>
  retryFailed(deps, idOf(id), { action: 'retry_failed', override_duplicates: true, ...fields });

/** From page to page to the end. */
async function everyPage(id: string, request: ResultsRequest = {}): Promise<MentorResult[]> {
  const results: MentorResult[] = [];
  let after: string | null = null;
  do {
    const { data, pagination } = await listResults(deps, idOf(id), {
      ...request,
      ...(after !== null && { after }),
    });
    expect(data.length).toBeLessThanOrEqual(pagination.limit);
    results.push(...data);
    after = pagination.next_cursor;
  } while (after !== null);
  return results;
}

const inDetails = async (id: string) => (await readDetails(deps, id)).results;

const isFailed = ({ status }: MentorResult) => status === 'failed';

async function expectSameAsDetails(id: string): Promise<void> {
  const all = await inDetails(id);
  for (const limit of [1, 2, 4, 7, 20, 1_000]) {
    expect(await everyPage(id, { limit })).toEqual(all);
    expect(await everyPage(id, { limit, status: 'failed' })).toEqual(all.filter(isFailed));
    expect(await everyPage(id, { limit, code: 'duplicate' })).toEqual(all.filter(isFailed));
    expect(await everyPage(id, { limit, status: 'pending' })).toEqual(
      all.filter(({ status }) => status === 'pending'),
    );
  }
}

test('pages of any size make up what the details say, through retries of some and of all', async () => {
  const id = await submitWithDuplicates();
  await expectSameAsDetails(id);
  await runOnce(deps, await currentJob(deps, id));
  await expectSameAsDetails(id);
  await runChain(deps, id);
  await expectSameAsDetails(id);

  await retry(id, { mentor_ids: ['m-6', 'm-8', 'm-14', 'm-20'] });
  await runOnce(deps, await currentJob(deps, id));
  await expectSameAsDetails(id);
  await runChain(deps, id);
  await retry(id);
  await runOnce(deps, await currentJob(deps, id));
  await cancelOrDelete(deps, idOf(id), { only: 'cancel', ifMatch: null });
  await expectSameAsDetails(id);
  expect((await everyPage(id, { status: 'cancelled' })).map(({ mentor_id }) => mentor_id)).toEqual([
    'm-12',
    'm-16',
    'm-18',
  ]);
});

test('a page says whether more results will follow', async () => {
  const id = await submitWithDuplicates();
  expect(await listResults(deps, idOf(id), { limit: 2 })).toMatchObject({
    status: 'processing',
    complete: false,
  });
  await runChain(deps, id);
  expect(await listResults(deps, idOf(id), { limit: 2 })).toMatchObject({
    status: 'completed',
    complete: true,
  });
});

test('what is being read stays as it was, though it is retried meanwhile', async () => {
  const mentor_ids = mentors('m', 2_500);
  await runChain(deps, await submit(deps, { mentor_ids: ['m-1', 'm-2400'] }));
  const id = await submit(deps, { mentor_ids });
  await runChain(deps, id);
  const before = await inDetails(id);

  const { isComplete, pages } = await openResults(deps, idOf(id), {});
  const read: MentorResult[] = [];
  for await (const { results } of pages) {
    if (read.length === 0) {
      await retry(id);
      await runChain(deps, id);
    }
    read.push(...results);
  }
  expect(isComplete).toBe(true);
  expect(read).toEqual(before);
  expect((await inDetails(id)).filter(isFailed)).toEqual([]);
});

test('what is retried twice while it is being read ends in an error: its results are gone', async () => {
  const mentor_ids = mentors('m', 2_500);
  await runChain(deps, await submit(deps, { mentor_ids: ['m-1', 'm-2400'] }));
  const id = await submit(deps, { mentor_ids });
  await runChain(deps, id);
  const { pages } = await openResults(deps, idOf(id), {});
  const reading = pages[Symbol.asyncIterator]();
  await reading.next();
  for (const mentorId of ['m-1', 'm-2400']) {
    await retry(id, { mentor_ids: [mentorId] });
    await runChain(deps, id);
  }
  await expect(reading.next()).rejects.toMatchObject({ code: 'changed_meanwhile' });
});

test('what is deleted while it is being read ends in an error, never early', async () => {
  const id = await submit(deps, { mentor_ids: mentors('m', 2_500) });
  await runChain(deps, id);
  const { pages } = await openResults(deps, idOf(id), {});
  const reading = pages[Symbol.asyncIterator]();
  await reading.next();
  await cancelOrDelete(deps, idOf(id), { only: null, ifMatch: null });
  await expect(reading.next()).rejects.toMatchObject({ code: 'registration_not_found' });
});

test('a page behind the last mentor is empty', async () => {
  const id = await submit(deps, { mentor_ids: mentors('m', 4) });
  const { pagination } = await listResults(deps, idOf(await submitWithDuplicates()), { limit: 10 });
  const after = pagination.next_cursor ?? '';
  expect(await listResults(deps, idOf(id), { after })).toMatchObject({
    data: [],
    pagination: { next_cursor: null },
  });
});
