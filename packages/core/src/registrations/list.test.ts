import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDeps, submit, type TestDeps } from '../testing/index.ts';
import { cancelOrDelete } from './cancel-or-delete.ts';
import { parseRegistrationId } from './ids.ts';
import { listRegistrations } from './list.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps();
});
afterEach(() => deps.close());

const total = async (filter = {}) => (await listRegistrations(deps, filter)).pagination.total;
const submitMany = (count: number) => Promise.all(Array.from({ length: count }, () => submit(deps)));
const end = (id: string) =>
  cancelOrDelete(deps, parseRegistrationId(id) ?? 0n, { only: null, ifMatch: null });

test('the total without a filter is kept right by whatever adds or removes registrations', async () => {
  expect(await total()).toBe(0);
  const ids = await submitMany(20);
  expect(await total()).toBe(20);
  for (const id of ids.slice(0, 5)) expect([await end(id), await end(id)]).toEqual(['cancelled', 'deleted']);
  expect(await total()).toBe(15);

  const { prisma } = deps.db;
  await prisma.$executeRaw`delete from bulk_registrations where id in (select max(id) from bulk_registrations)`;
  expect(await total()).toBe(14);
  const undone = prisma.$transaction(async (tx) => {
    await tx.$executeRaw`delete from bulk_registrations`;
    throw new Error('undo');
  });
  await expect(undone).rejects.toThrow('undo');
  expect(await total()).toBe(14);
  expect(await total({ status: 'processing' })).toBe(14);
  await prisma.$executeRaw`truncate bulk_registrations cascade`;
  expect(await total()).toBe(0);
});
