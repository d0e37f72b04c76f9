import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createTestDeps,
  currentJob,
  findInconsistencies,
  mentors,
  runChain,
  runOnce,
  submit,
  type TestDeps,
  waitFor,
} from '../testing/index.ts';
import { cancelOrDelete } from './cancel-or-delete.ts';
import { getRegistration } from './get.ts';
import { parseRegistrationId } from './ids.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ settings: { BATCH_SIZE: '10' } });
});
afterEach(async () => {
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

const plain = { only: null, ifMatch: null };

async function submitted(count: number): Promise<{ id: bigint; name: string }> {
  const name = await submit(deps, { mentor_ids: mentors('m', count) });
  return { id: parseRegistrationId(name) ?? 0n, name };
}

const etag = async (id: bigint) =>
  (await getRegistration(deps, id, { view: 'none', ifNoneMatch: null })).etag;

test('a processing registration is cancelled, then deleted, then gone; its activities stay', async () => {
  const { id, name } = await submitted(25);
  await runOnce(deps, await currentJob(deps, name));
  expect(await cancelOrDelete(deps, id, plain)).toBe('cancelled');
  expect(await cancelOrDelete(deps, id, plain)).toBe('deleted');
  await expect(cancelOrDelete(deps, id, plain)).rejects.toMatchObject({ code: 'registration_not_found' });
  expect(await deps.db.prisma.activity.count()).toBe(10);
  expect(await deps.db.prisma.registrationBatch.count()).toBe(0);
});

test('only=cancel never deletes', async () => {
  const { id, name } = await submitted(5);
  const cancel = () => cancelOrDelete(deps, id, { only: 'cancel', ifMatch: null });
  expect(await cancel()).toBe('cancelled');
  await expect(cancel()).rejects.toMatchObject({ code: 'not_running' });
  expect(await etag(id)).toContain('cancelled');
  expect(name).toBe('bulk-001');
});

test('If-Match acts on the state that was seen, and on no other', async () => {
  const { id, name } = await submitted(5);
  const seen = await etag(id);
  await runChain(deps, name);
  await expect(cancelOrDelete(deps, id, { only: null, ifMatch: seen })).rejects.toMatchObject({
    code: 'changed_meanwhile',
  });
  expect(await cancelOrDelete(deps, id, { only: null, ifMatch: await etag(id) })).toBe('deleted');
});

test('a cancel among running batches is exact: what it left is what stays', async () => {
  for (let round = 0; round < 10; round += 1) {
    const name = await submit(deps, { mentor_ids: mentors(`r${round}`, 60) });
    const running = runChain(deps, name);
    await cancelOrDelete(deps, parseRegistrationId(name) ?? 0n, { only: 'cancel', ifMatch: null }).catch(
      () => {},
    );
    const left = await deps.db.prisma.activity.count();
    await running;
    expect(await deps.db.prisma.activity.count()).toBe(left);
  }
});

test('a deletion does not deadlock with a batch that was running when its registration was cancelled', async () => {
  const id = parseRegistrationId(await submit(deps, { mentor_ids: mentors('m', 3) })) ?? 0n;
  const { prisma } = deps.db;
  let deletion: Promise<string> | undefined;
  await prisma.$transaction(async (tx) => {
    // As the statement of a batch does: its own row first, and the registration last.
    await tx.$executeRaw`update registration_batches set processed_at = null where registration_id = ${id}`;
    await cancelOrDelete(deps, id, plain);
    deletion = cancelOrDelete(deps, id, plain);
    await waitFor(async () => {
      const waiting = await prisma.$queryRaw<unknown[]>`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return waiting.length > 0;
    });
    await tx.$executeRaw`select from bulk_registrations where id = ${id} for update`;
  });
  expect(await deletion).toBe('deleted');
});
