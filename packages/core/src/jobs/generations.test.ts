import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  createTestDeps,
  currentJob,
  emptyTables,
  mentors,
  runNextBatch,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { claimNextGeneration, recordTransientError } from './generations.ts';

let deps: TestDeps;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { BATCH_SIZE: '1' } });
});
beforeEach(() => emptyTables(deps));
afterAll(() => deps.close());

/** A registration of this coordinator whose first batch is written. */
async function begun(coordinator_id: string): Promise<string> {
  const id = await submit(deps, { coordinator_id, mentor_ids: mentors('m', 9) });
  await runNextBatch(deps, id);
  return id;
}

/** As a job that ends with its time slice: what turn the next job has. */
async function nextTurn(id: string): Promise<number | null | undefined> {
  return (await claimNextGeneration(deps.db.prisma, await currentJob(deps, id)))?.turn;
}

async function putInTurn(turn: number, id: string): Promise<void> {
  const { registrationId } = await currentJob(deps, id);
  await deps.db.prisma.bulkRegistration.update({ where: { id: BigInt(registrationId) }, data: { turn } });
}

async function meetTransientError(id: string): Promise<void> {
  const { registrationId, attempt } = await currentJob(deps, id);
  await recordTransientError(deps.db.prisma, { registrationId: BigInt(registrationId), attempt }, 'internal');
}

test('each coordinator has one turn in a round', async () => {
  const [first, second, other] = [await begun('many'), await begun('many'), await begun('other')];
  expect([await nextTurn(first), await nextTurn(second), await nextTurn(other)]).toEqual([1, 2, 1]);
  expect([await nextTurn(first), await nextTurn(other), await nextTurn(second)]).toEqual([3, 2, 4]);
});

test('one that stands still does not let a newcomer pass all others', async () => {
  const [still, busy] = [await begun('still'), await begun('busy')];
  await nextTurn(still);
  await meetTransientError(still);
  await putInTurn(1_000, busy);
  expect(await nextTurn(await begun('newcomer'))).toBe(1_000);
});

test('one that goes on after it stood still does not catch up on its turns', async () => {
  const [still, busy] = [await begun('still'), await begun('busy')];
  await nextTurn(still);
  await putInTurn(1_000, busy);
  expect(await nextTurn(still)).toBe(1_000);
});

test('while all stand still a newcomer comes after them', async () => {
  const still = await begun('still');
  await putInTurn(1_000, still);
  await meetTransientError(still);
  expect(await nextTurn(await begun('newcomer'))).toBe(1_000);
});
