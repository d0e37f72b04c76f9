import { parseRegistrationId } from '@bulk/core';
import { executeBatchInsert, mentors as namedMentors, waitFor } from '@bulk/core/testing';
import type { Entry } from './journal.ts';
import type { World } from './world.ts';

/**
 * Asks for what no fault can cause by itself, because other checks come before it: a batch of an attempt
 * that is over, one of a cancelled registration, and one that comes twice. While no worker runs.
 *
 * @returns what was not refused
 */
export async function probeFence(world: World): Promise<string[]> {
  const { actions, db } = world;
  const broken: string[] = [];
  const entry = await submit(world, 'probe-fence', ['bad-1', ...namedMentors('probe', 600)]);
  const registrationId = idOf(entry);
  const expectKind = async (what: string, expected: string, attempt: number, batchNo: number) => {
    const { generation } = await db.prisma.bulkRegistration.findUniqueOrThrow({
      where: { id: registrationId },
    });
    const deps = { db, config: { webhook: null } };
    const kind = await executeBatchInsert(deps, { registrationId, attempt, generation, batchNo }).then(
      (outcome) => outcome.kind,
      (error: Error) => `an error (${error.message.trim().split('\n').at(-1)})`,
    );
    if (kind !== expected) broken.push(`${what} was ${kind}, not ${expected}`);
  };

  const batches = await db.prisma.registrationBatch.count({ where: { registrationId } });
  for (let batchNo = 0; batchNo < batches; batchNo += 1) {
    await expectKind('a batch', 'written', 1, batchNo);
    await expectKind('a batch that comes twice', 'superseded', 1, batchNo);
  }
  await actions.retry(entry);
  await expectKind('a batch of an attempt that is over', 'superseded', 1, 0);
  await actions.cancel(entry);
  await expectKind('a batch of a cancelled registration', 'superseded', 2, 0);
  return broken;
}

/**
 * On a slow connection a job that is enqueued before the commit arrives before its registration does: it is
 * dropped, and only the sweeper helps. Without a fault no registration may need the sweeper.
 */
export async function probeEnqueue(world: World): Promise<string[]> {
  const { actions, db, links } = world;
  links.api.postgres.slowDown({ delayMs: 40, bytesPerMs: 1_000 });
  const ids: bigint[] = [];
  for (let index = 0; index < 4; index += 1) {
    const mentorIds = ['bad-1', ...namedMentors(`enqueue-${index}`, 3)];
    const entry = await submit(world, `probe-enqueue-${index}`, mentorIds);
    await untilFinished(world, entry);
    if (index % 2 === 0) {
      await actions.retry(entry);
      await untilFinished(world, entry);
    }
    ids.push(idOf(entry));
  }
  links.api.postgres.speedUp();

  const rows = await db.prisma.bulkRegistration.findMany({ where: { id: { in: ids } } });
  const swept = rows.filter(({ attempt, generation }) => generation !== attempt);
  return swept.map(
    ({ id, attempt, generation }) =>
      `bulk-${id} has generation ${generation} after ${attempt} attempts, and nothing was broken`,
  );
}

function submit({ actions }: World, marker: string, mentorIds: string[]): Promise<Entry> {
  return actions.submit({
    coordinator_id: 'coord-1',
    mentor_ids: mentorIds,
    activity_type: 'probe',
    activity_date: '2025-01-01',
    duration_minutes: 60,
    notes: marker,
  });
}

async function untilFinished({ actions }: World, entry: Entry): Promise<void> {
  const isFinished = async () => ((await actions.read(entry))?.status ?? 'processing') !== 'processing';
  await waitFor(isFinished, { timeoutMs: 20_000 });
}

function idOf(entry: Entry): bigint {
  const id = parseRegistrationId(entry.id ?? '');
  if (id === null) throw new Error(`A probe was not accepted: ${entry.request.notes}`);
  return id;
}
