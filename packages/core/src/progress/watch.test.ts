import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { retryFailed } from '../attempts/retry-failed.ts';
import { cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { parseRegistrationId } from '../registrations/ids.ts';
import {
  createTestDeps,
  mentors,
  runChain,
  runNextBatch,
  submit,
  type TestDeps,
  waitFor,
} from '../testing/index.ts';
import { createWatchers, type Watchers } from './watch.ts';
import type { WatchEvent } from './watch-events.ts';

let deps: TestDeps;
let watchers: Watchers;
beforeEach(async () => {
  const settings = { BATCH_SIZE: '2', MAX_WATCHERS: '60' };
  deps = await createTestDeps({ backend: 'memory', settings });
  watchers = createWatchers(deps, () => null);
});
afterEach(() => deps.close());

const idOf = (id: string) => parseRegistrationId(id) ?? 0n;
const submitted = (count: number) => submit(deps, { mentor_ids: mentors('m', count) });
const runBatch = (id: string) => runNextBatch(deps, id);

async function watch(id: string, by: Watchers = watchers) {
  const events: WatchEvent[] = [];
  const { first, stop } = await by.watch(idOf(id), (event) => events.push(event));
  events.push(first);
  return { first, events, stop };
}

/** Rounds and rates go by the clock. */
function pass(ms: number): Promise<unknown> {
  const laterMs = performance.now() + ms;
  return waitFor(() => performance.now() > laterMs);
}

const lastOf = ({ events }: { events: WatchEvent[] }) => events.at(-1) as WatchEvent;

test('the first event tells the state at once', async () => {
  const id = await submitted(5);
  const { first, stop } = await watch(id);
  expect(first).toEqual({
    name: 'progress',
    version: '6.1.0.0.0.0.processing.0',
    state: {
      id,
      status: 'processing',
      mentor_count: 5,
      success_count: 0,
      failure_count: 0,
      retry_count: 0,
      updated_at: expect.any(String),
      completed_at: null,
      progress: { processed: 0, pending: 5, percent: 0, started_at: null },
      rate: null,
      estimated_end: null,
      waiting_ahead: 0,
      transient_error: null,
      waiting_reason: null,
      undone_count: 0,
      kept_count: 0,
    },
  });
  stop();
});

test('a registration is followed from its beginning to its end, and no further', async () => {
  const id = await submitted(5);
  const seen = await watch(id);
  await runBatch(id);
  await waitFor(() => lastOf(seen).version?.startsWith('6.1.2.0.0.0.processing'));
  await waitFor(() => {
    const { state } = lastOf(seen);
    return 'rate' in state && state.rate !== null;
  });
  await runChain(deps, id);
  await waitFor(() => lastOf(seen).name === 'end');
  expect(lastOf(seen)).toMatchObject({
    version: '6.1.5.0.0.0.completed.0',
    state: {
      status: 'completed',
      completed_at: expect.any(String),
      progress: { processed: 5, percent: 100, started_at: expect.any(String) },
      rate: null,
      estimated_end: null,
    },
  });
  expect(seen.events.filter(({ name }) => name === 'end')).toHaveLength(1);
});

test('what moves has a rate and an estimated end', async () => {
  const id = await submitted(2_000);
  const seen = await watch(id);
  const isMoving = ({ state }: WatchEvent) => 'rate' in state && (state.rate ?? 0) > 0;
  await waitFor(async () => {
    await runBatch(id);
    return isMoving(lastOf(seen));
  });
  expect(lastOf(seen).state).toMatchObject({ estimated_end: expect.stringMatching(/Z$/) });
  await cancelOrDelete(deps, idOf(id), { only: 'cancel', ifMatch: null });
  await waitFor(() => lastOf(seen).name === 'end');
  expect(lastOf(seen).state).toMatchObject({ status: 'cancelled', rate: null, waiting_ahead: 0 });
});

test('one that is deleted is gone', async () => {
  const seen = await watch(await submitted(2));
  await deps.db.prisma.bulkRegistration.deleteMany();
  await waitFor(() => lastOf(seen).name === 'gone');
  expect(lastOf(seen)).toEqual({ name: 'gone', version: null, state: { id: 'bulk-001' } });
});

test('one that is not there is not found', async () => {
  await expect(watch('bulk-9999')).rejects.toMatchObject({ code: 'registration_not_found' });
});

test('who comes after a retry never sees the end of before, though others are watching', async () => {
  await runChain(deps, await submitted(1));
  const id = await submitted(2);
  const other = await watch(await submitted(3));
  for (let round = 1; round <= 5; round++) {
    await runChain(deps, id);
    const before = watch(id);
    await retryFailed(deps, idOf(id), { action: 'retry_failed' });
    const { first, stop } = await watch(id);
    expect(first).toMatchObject({ name: 'progress', state: { retry_count: round } });
    stop();
    (await before).stop();
  }
  other.stop();
});

test('those that were created earlier and are processing wait ahead', async () => {
  const [first, second, third] = [await submitted(1), await submitted(1), await submitted(1)];
  const seen = await watch(third);
  expect(lastOf(seen).state).toMatchObject({ waiting_ahead: 2 });
  await runChain(deps, second);
  await waitFor(() => 'rate' in lastOf(seen).state && seen.events.length > 1);
  expect(lastOf(seen).state).toMatchObject({ waiting_ahead: 1 });
  await runChain(deps, first);
  await runChain(deps, third);
  await waitFor(() => lastOf(seen).name === 'end');
});

test('many who watch cost no more statements than one', async () => {
  let statements = 0;
  const prisma = new Proxy(deps.db.prisma, {
    get(client, name) {
      if (name === '$queryRaw') statements += 1;
      return Reflect.get(client, name);
    },
  });
  const counted = createWatchers({ ...deps, db: { ...deps.db, prisma } }, () => null);
  const ids = [await submitted(1), await submitted(2), await submitted(3)];
  const all = await Promise.all(
    Array.from({ length: 60 }, (_, index) => watch(ids[index % ids.length] ?? '', counted)),
  );
  // One for whoever came first, and one for all who came while that was under way.
  expect(statements).toBeLessThanOrEqual(3);
  for (const { stop } of all) stop();
});

test('who comes while a round for somebody else is under way begins the rate anew', async () => {
  const answers = new EventEmitter();
  let isHeld = false;
  const prisma = new Proxy(deps.db.prisma, {
    get(client, name) {
      const value: unknown = Reflect.get(client, name);
      if (name !== '$queryRaw') return value;
      return async (...query: [TemplateStringsArray]) => {
        const answer = await client.$queryRaw(...query);
        answers.emit('ready');
        if (isHeld) await once(answers, 'released');
        return answer;
      };
    },
  });
  const held = createWatchers({ ...deps, db: { ...deps.db, prisma } }, () => null);
  const id = await submitted(3);
  const earlier = await watch(id, held);
  isHeld = true;
  await once(answers, 'ready');
  earlier.stop();
  const later = watch(id, held);
  // So that the next round is one for everybody, and takes samples.
  await pass(300);
  answers.emit('released');
  await once(answers, 'ready');
  // A rate needs a second.
  await pass(1_100);
  answers.emit('released');
  const { first, stop } = await later;
  expect(first.state).toMatchObject({ rate: null });
  isHeld = false;
  stop();
});

test('one too many is turned away until another leaves', async () => {
  const id = await submitted(1);
  const all = await Promise.all(Array.from({ length: 60 }, () => watch(id)));
  await expect(watch(id)).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
  all[0]?.stop();
  const { stop } = await watch(id);
  stop();
  for (const each of all) each.stop();
});

test('those who have seen the end take no place from others', async () => {
  const id = await submitted(1);
  await runChain(deps, id);
  for (let n = 1; n <= 70; n++) expect((await watch(id)).first.name).toBe('end');
});

test('while the database is away newcomers are told so, and the others go on when it is back', async () => {
  const id = await submitted(3);
  const seen = await watch(id);
  await deps.database.goAway();
  // Long enough for rounds in which the others are told nothing.
  const roundsLaterMs = performance.now() + 600;
  while (performance.now() < roundsLaterMs) await expect(watch(id)).rejects.toThrow();
  await deps.database.comeBack();
  await waitFor(() => runChain(deps, id));
  await waitFor(() => lastOf(seen).name === 'end');
  expect(lastOf(seen).state).toMatchObject({ status: 'completed', success_count: 3 });
});
