import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDeps, type TestDeps } from '../testing/index.ts';
import type { Limit, Use } from './limits.ts';
import { createUseCounter } from './use-counter.ts';

/** A window that ends in 2033: none ends while a test runs. */
const LONG_WINDOW = 1_000_000_000;
const limit: Limit = { name: 'requests', quota: 200, windowSeconds: LONG_WINDOW };

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ backend: 'memory' });
});
afterEach(() => deps.close());

async function useUntilRefused(
  counter: (caller: string) => Use | Promise<Use>,
  caller: string,
): Promise<Use[]> {
  const uses: Use[] = [];
  for (;;) {
    const use = await counter(caller);
    if (!use.isAllowed) return uses;
    uses.push(use);
  }
}

async function usedInDatabase(caller: string): Promise<number> {
  const row = await deps.db.prisma.usedLimit.findUniqueOrThrow({
    where: { name_caller: { name: limit.name, caller } },
  });
  return Number(row.used);
}

test('one process gives exactly the quota, and says before each use what is left', async () => {
  const uses = await useUntilRefused(createUseCounter(deps.db, limit), 'ada');
  expect(uses.map(({ remaining }) => remaining)).toEqual(Array.from({ length: 200 }, (_, n) => 199 - n));
});

test('many uses are one statement while much is left', async () => {
  const counter = createUseCounter(deps.db, limit);
  await counter('ada');
  await counter('ada');
  expect(await usedInDatabase('ada')).toBe(10);
  for (let use = 0; use < 8; use += 1) await counter('ada');
  expect(await usedInDatabase('ada')).toBe(10);
});

test('processes together never give more than the quota, and at least nine tenths of it', async () => {
  const counters = Array.from({ length: 3 }, () => createUseCounter(deps.db, limit));
  const uses = await Promise.all(counters.map((counter) => useUntilRefused(counter, 'ada')));
  const given = uses.flat().length;
  expect(given).toBeLessThanOrEqual(200);
  expect(given).toBeGreaterThanOrEqual(180);
});

test('what a process still holds when it is refused more, it gives', async () => {
  const [one, other] = [createUseCounter(deps.db, limit), createUseCounter(deps.db, limit)];
  await one('ada');
  await one('ada');
  const ofOther = await useUntilRefused(other, 'ada');
  expect(ofOther).toHaveLength(190);
  expect(await useUntilRefused(one, 'ada')).toHaveLength(8);
});
