import { afterEach, beforeEach, expect, test } from 'vitest';
import { cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { parseRegistrationId } from '../registrations/ids.ts';
import {
  createTestDeps,
  currentJob,
  findInconsistencies,
  mentors,
  readDetails,
  runChain,
  runOnce,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { runJob } from './run-job.ts';

let deps: TestDeps;
beforeEach(async () => {
  // This queue answers at once whether others wait, however busy the machine is.
  deps = await createTestDeps({ backend: 'memory', settings: { BATCH_SIZE: '10', TIME_SLICE_MS: '1' } });
});
afterEach(async () => {
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

const submitted = (count: number) => submit(deps, { mentor_ids: mentors('m', count) });

const details = (id: string) => readDetails(deps, id);

test('a registration that fits one batch is done with its first job', async () => {
  const id = await submitted(10);
  expect((await runChain(deps, id)).map((outcome) => outcome.kind)).toEqual(['done']);
  expect(await details(id)).toMatchObject({ status: 'completed', success_count: 10 });
});

test('a larger one goes on in time slices while others wait, and each takes the next generation', async () => {
  const id = await submitted(505);
  // The jobs that nobody takes are waiting.
  const outcomes = (await runChain(deps, id)).map((outcome) => outcome.kind);
  expect(outcomes.length).toBeGreaterThan(3);
  expect(outcomes).toEqual([...outcomes.slice(1).fill('handed_over'), 'done']);
  expect(await currentJob(deps, id)).toMatchObject({ attempt: 1, generation: outcomes.length });
  expect((await details(id)).results.map((result) => result.mentor_id)).toEqual(mentors('m', 505));
});

test('a time slice goes on while nobody waits for a turn, and says where it stands', async () => {
  const id = await submitted(295);
  await runOnce(deps, await currentJob(deps, id));
  const nobody = { ...deps, queue: { ...deps.queue, isWanted: async () => false } };
  const seen: number[] = [];
  const onProgress = ({ successCount }: { successCount: number }) => void seen.push(successCount);
  const options = { queueName: 'rest' as const, signal: new AbortController().signal, onProgress };
  expect(await runJob(nobody, await currentJob(deps, id), options)).toMatchObject({ kind: 'done' });
  expect(seen[0]).toBe(10);
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test('a time slice goes on though the queue is away, or silent', async () => {
  for (const isWanted of [() => Promise.reject(new Error('away')), () => new Promise<never>(() => {})]) {
    const away = { ...deps, queue: { ...deps.queue, isWanted } };
    const id = await submitted(55);
    await runOnce(deps, await currentJob(deps, id));
    expect(await runOnce(away, await currentJob(deps, id), 'rest')).toMatchObject({ kind: 'done' });
  }
});

test('each mentor of a large registration gets their own activity', async () => {
  const patient = { ...deps, config: { ...deps.config, batchSize: 1_000, timeSliceMs: 60_000 } };
  const id = await submit(patient, { mentor_ids: mentors('m', 17_001) });
  expect((await runChain(patient, id)).map((outcome) => outcome.kind)).toEqual(['handed_over', 'done']);
  const written = await deps.db.prisma.activity.findMany({
    orderBy: { id: 'asc' },
    select: { mentorId: true },
  });
  expect(written.map(({ mentorId }) => mentorId).toSorted()).toEqual(mentors('m', 17_001).toSorted());
});

test('duplicates among many others, in any order, are left out, batch after batch', async () => {
  const others = await submit(deps, { mentor_ids: mentors('m', 2_500) });
  await runChain({ ...deps, config: { ...deps.config, batchSize: 1_000, timeSliceMs: 5_000 } }, others);
  const mentorIds = mentors('m', 2_600)
    .filter((_, index) => index % 50 === 49)
    .toReversed();
  const id = await submit(deps, { mentor_ids: ['a', ...mentorIds, 'z'] });
  await runChain(deps, id);
  expect(await details(id)).toMatchObject({ status: 'completed', success_count: 4, failure_count: 50 });
});

test('a job whose generation is past does nothing', async () => {
  const id = await submitted(25);
  const first = await currentJob(deps, id);
  await runOnce(deps, first);
  expect(await runOnce(deps, first)).toEqual({ kind: 'stale' });
  expect(await details(id)).toMatchObject({ status: 'processing', success_count: 10 });
  await runChain(deps, id);
});

test('batches stay the same when the configured size changes in between', async () => {
  const id = await submitted(35);
  await runOnce(deps, await currentJob(deps, id));
  await runChain({ ...deps, config: { ...deps.config, batchSize: 7 } }, id);
  expect(await details(id)).toMatchObject({ status: 'completed', success_count: 35, failure_count: 0 });
});

test('an aborted run finishes the batches in flight and hands over', async () => {
  const id = await submitted(45);
  await runOnce(deps, await currentJob(deps, id));
  const patient = { ...deps, config: { ...deps.config, timeSliceMs: 5_000 } };
  const options = { queueName: 'rest' as const, signal: AbortSignal.abort(), onProgress: () => {} };
  expect(await runJob(patient, await currentJob(deps, id), options)).toMatchObject({ kind: 'handed_over' });
  expect(await details(id)).toMatchObject({ status: 'processing', success_count: 30 });
  await runChain(deps, id);
});

test('after a cancel nothing is written any more, and what is left is cancelled', async () => {
  const id = await submitted(25);
  await runOnce(deps, await currentJob(deps, id));
  expect(await cancelOrDelete(deps, parseRegistrationId(id) ?? 0n, { only: null, ifMatch: null })).toBe(
    'cancelled',
  );
  expect(await runOnce(deps, await currentJob(deps, id), 'rest')).toEqual({ kind: 'stale' });

  const { status, success_count, results, completed_at } = await details(id);
  expect({ status, success_count }).toEqual({ status: 'cancelled', success_count: 10 });
  expect(completed_at).not.toBeNull();
  expect(results.map((result) => result.status)).toEqual([
    ...Array(10).fill('success'),
    ...Array(15).fill('cancelled'),
  ]);
});

test('a registration that is deleted while a runner reads it is left alone, and that is no error', async () => {
  const id = await submitted(25);
  let reads = 0;
  const prisma = new Proxy(deps.db.prisma, {
    get: (target, name) => (name === '$queryRaw' ? readAfterDeletion : Reflect.get(target, name)),
  });
  const readAfterDeletion: typeof prisma.$queryRaw = (async (
    ...args: Parameters<typeof prisma.$queryRaw>
  ) => {
    reads += 1;
    if (reads === 2) await deps.db.prisma.$executeRaw`delete from bulk_registrations`;
    return deps.db.prisma.$queryRaw(...args);
  }) as never;
  const job = await currentJob(deps, id);
  expect(await runOnce({ ...deps, db: { ...deps.db, prisma } }, job, 'rest')).toEqual({ kind: 'stale' });
  expect(reads).toBeGreaterThan(2);
});

test('a transient error is no result: the mentors stay pending, and the details say since when and why', async () => {
  const id = await submitted(10);
  await deps.db.prisma.$executeRaw`alter table activities rename to activities_away`;
  await expect(runOnce(deps, await currentJob(deps, id))).rejects.toMatchObject({
    name: 'TransientJobError',
  });
  const held = await details(id);
  expect(held).toMatchObject({
    status: 'processing',
    success_count: 0,
    failure_count: 0,
    transient_error: { code: 'internal' },
  });

  await expect(runOnce(deps, await currentJob(deps, id))).rejects.toThrow();
  expect((await details(id)).transient_error?.since).toBe(held.transient_error?.since);

  await deps.db.prisma.$executeRaw`alter table activities_away rename to activities`;
  await runChain(deps, id);
  expect(await details(id)).toMatchObject({ status: 'completed', success_count: 10, transient_error: null });
});

test('a run that fails is over when both of its batches are', async () => {
  const id = await submitted(45);
  await runOnce(deps, await currentJob(deps, id));
  const { prisma } = deps.db;
  await prisma.$executeRaw`
    create function hinder() returns trigger language plpgsql as $$
    begin
      if new.mentor_id = 'm-11' then raise 'try again' using errcode = 'serialization_failure'; end if;
      if new.mentor_id = 'm-21' then perform pg_sleep(0.3); end if;
      return new;
    end $$`;
  await prisma.$executeRaw`create trigger hinder before insert on activities for each row execute function hinder()`;
  await expect(runOnce(deps, await currentJob(deps, id), 'rest')).rejects.toMatchObject({
    name: 'TransientJobError',
  });
  expect(await details(id)).toMatchObject({ status: 'processing', success_count: 20 });
  await prisma.$executeRaw`drop trigger hinder on activities`;
  await runChain(deps, id);
});
