import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Executor } from '../database/executor.ts';
import { parseRegistrationId } from '../registrations/ids.ts';
import { createTestDeps, submit, type TestDeps } from '../testing/index.ts';
import { createSnapshotReader } from './snapshot-reader.ts';

let deps: TestDeps;
beforeAll(async () => {
  deps = await createTestDeps();
});
afterAll(() => deps.close());

/** The database, with the number of queries it was asked. */
function counted() {
  let queries = 0;
  const $queryRaw = ((...query: Parameters<Executor['$queryRaw']>) => {
    queries += 1;
    return deps.db.prisma.$queryRaw(...query);
  }) as Executor['$queryRaw'];
  return { db: { ...deps.db.prisma, $queryRaw }, queries: () => queries };
}

const submitted = async () => parseRegistrationId(await submit(deps)) ?? 0n;

test('those who ask at once share a query, and each gets their own', async () => {
  const [one, other] = [await submitted(), await submitted()];
  const { db, queries } = counted();
  const read = createSnapshotReader(db);
  const answers = await Promise.all([one, other, one, 999_999n].map(read));
  expect(answers.map((answer) => answer && [answer.attempt, answer.status])).toEqual([
    [1, 'processing'],
    [1, 'processing'],
    [1, 'processing'],
    null,
  ]);
  expect(queries()).toBe(1);
});

test('who asks while a query is under way is told what is true after they asked', async () => {
  const id = await submitted();
  const { db, queries } = counted();
  const read = createSnapshotReader(db);
  const earlier = read(id);
  while (queries() === 0) await new Promise(setImmediate);
  await deps.db.prisma.$executeRaw`update bulk_registrations set attempt = 2 where id = ${id}`;
  const later = await Promise.all([read(id), read(id)]);
  expect(await earlier).not.toBeNull();
  expect(later.map((answer) => answer?.attempt)).toEqual([2, 2]);
  expect(queries()).toBe(2);
});

test('a query that fails fails those who share it, and nobody after them', async () => {
  const id = await submitted();
  const { db } = counted();
  let isAway = true;
  const $queryRaw = ((...query: Parameters<Executor['$queryRaw']>) =>
    isAway ? Promise.reject(new Error('away')) : db.$queryRaw(...query)) as Executor['$queryRaw'];
  const read = createSnapshotReader({ ...db, $queryRaw });
  const failed = await Promise.allSettled([read(id), read(id)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isAway = false;
  expect(await read(id)).toMatchObject({ status: 'processing' });
});
