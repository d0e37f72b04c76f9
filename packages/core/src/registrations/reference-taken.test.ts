import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createTestDeps,
  findInconsistencies,
  registrationRequest,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { cancelOrDelete } from './cancel-or-delete.ts';
import { dryRun } from './dry-run.ts';
import { parseRegistrationId } from './ids.ts';
import { submitRegistration } from './submit.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ backend: 'memory' });
});
afterEach(async () => {
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

const named = registrationRequest({ external_reference: 'crm-1', label: 'Spring' });
const registrations = () => deps.db.prisma.bulkRegistration.count();
const remove = async (id: string) => {
  for (const _ of ['cancel', 'delete'])
    await cancelOrDelete(deps, parseRegistrationId(id) ?? 0n, { only: null, ifMatch: null });
};

test('twenty requests at once with one reference make one registration', async () => {
  const requests = Array.from({ length: 20 }, () => submitRegistration(deps, named));
  const settled = await Promise.allSettled(requests);
  const refusals = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  expect(refusals).toHaveLength(19);
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'reference_taken' });
  expect(await registrations()).toBe(1);
});

test('a limit does not count what was refused, and a retry of the same key is a replay', async () => {
  let admitted = 0;
  const send = (idempotencyKey: string) =>
    submitRegistration(deps, named, {
      idempotencyKey,
      admit: async (tx) => {
        admitted += 1;
        await tx.$executeRaw`
          insert into used_limits (name, caller, window_start, used) values ('n', ${idempotencyKey}, now(), 1)`;
      },
    });
  const first = await send('k1');
  await expect(send('k2')).rejects.toMatchObject({ code: 'reference_taken' });
  expect(await send('k1')).toEqual({ answer: first.answer, replayed: true });
  expect(admitted).toBe(2);
  expect(await deps.db.prisma.usedLimit.count()).toBe(1);
});

test('a refused key is free for another request', async () => {
  await submit(deps, named);
  const keyed = { idempotencyKey: 'k1' };
  await expect(submitRegistration(deps, named, keyed)).rejects.toMatchObject({ code: 'reference_taken' });
  expect(await submitRegistration(deps, { ...named, external_reference: 'crm-2' }, keyed)).toMatchObject({
    replayed: false,
  });
});

test('requests at once with one key and one reference get one answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => submitRegistration(deps, named, { idempotencyKey: 'k1' })),
  );
  expect(new Set(answers.map(({ answer }) => answer.id)).size).toBe(1);
  expect(await registrations()).toBe(1);
});

test('another coordinator may have the same reference, and a deleted registration frees it', async () => {
  const id = await submit(deps, named);
  await submit(deps, { ...named, coordinator_id: 'coord-7' });
  await expect(dryRun(deps, named)).rejects.toMatchObject({
    code: 'reference_taken',
    message: `This external_reference is the reference of ${id}.`,
  });
  await remove(id);
  await dryRun(deps, named);
  expect(await submit(deps, named)).not.toBe(id);
});

test('a registration that is deleted between refusal and look-up does not refuse the next one', async () => {
  const id = await submit(deps, named);
  const prisma = deps.db.prisma.$extends({
    query: {
      bulkRegistration: {
        // Asked for the name of the registration that has the reference.
        findFirst: async ({ args, query }) => {
          await remove(id);
          return query(args);
        },
      },
    },
  });
  const racing = { ...deps, db: { ...deps.db, prisma: prisma as unknown as typeof deps.db.prisma } };
  expect((await submitRegistration(racing, named)).answer.id).not.toBe(id);
});
