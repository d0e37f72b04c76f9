import { parseRegistrationId } from '@bulk/core';
import { buildBatchPayload, executeBatchInsert, mentors as namedMentors, waitFor } from '@bulk/core/testing';
import type { Entry } from './journal.ts';
import type { World } from './world.ts';

/**
 * Asks for what no fault can bring about by itself, because something else stands before it: a batch
 * of an attempt that is over, one of a cancelled registration, and one that comes twice. While no
 * worker runs.
 *
 * @returns what was not refused
 */
export async function probeFence(world: World): Promise<string[]> {
  const { actions, db } = world;
  const findings: string[] = [];
  const entry = await submit(world, 'probe-fence', ['bad-1', 'probe-1', 'probe-2']);
  const write = (attempt: number, batchNo: number, positions: number[]) =>
    executeBatchInsert(db, payloadOf(entry, attempt, batchNo, positions));
  const expectKind = async (what: string, expected: string, outcome: Promise<{ kind: string }>) => {
    const kind = await outcome.then(
      (settled) => settled.kind,
      (error: Error) => `a fault (${error.message.trim().split('\n').at(-1)})`,
    );
    if (kind !== expected) findings.push(`${what} was ${kind}, not ${expected}`);
  };

  await expectKind('a batch', 'written', write(1, 0, [1, 2]));
  await expectKind('a batch that comes twice', 'settled', write(1, 0, [1, 2]));
  await expectKind('the last batch', 'written', write(1, 1, [3]));
  await expectKind('the last batch that comes twice', 'fenced or settled', fencedOrSettled(write(1, 1, [3])));
  await actions.retry(entry);
  await expectKind('a batch of an attempt that is over', 'fenced', write(1, 2, [1]));
  await actions.cancel(entry);
  await expectKind('a batch of a cancelled registration', 'fenced', write(2, 0, [1]));
  return findings;
}

/**
 * On a slow connection a message rung before the commit arrives before its registration does, is
 * dropped, and only the sweeper helps. While all is well nobody may need it.
 */
export async function probeRings(world: World): Promise<string[]> {
  const { actions, db, links } = world;
  links.api.postgres.slowDown({ delayMs: 40, bytesPerMs: 1_000 });
  const entries: Entry[] = [];
  for (let index = 0; index < 4; index += 1) {
    const entry = await submit(world, `probe-ring-${index}`, ['bad-1', ...namedMentors(`ring-${index}`, 3)]);
    await untilFinished(world, entry);
    if (index % 2 === 0) {
      await actions.retry(entry);
      await untilFinished(world, entry);
    }
    entries.push(entry);
  }
  links.api.postgres.speedUp();

  const ids = entries.map((entry) => idOf(entry));
  const rows = await db.prisma.bulkRegistration.findMany({
    where: { id: { in: ids } },
    select: { id: true, attempt: true, ring: true },
  });
  return rows
    .filter(({ attempt, ring }) => ring !== attempt)
    .map(
      ({ id, attempt, ring }) =>
        `bulk-${id} was rung ${ring} times for ${attempt} attempts, and nothing was broken`,
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
  await waitFor(async () => ((await actions.read(entry))?.status ?? 'processing') !== 'processing', {
    timeoutMs: 20_000,
  });
}

function payloadOf(entry: Entry, attempt: number, batchNo: number, positions: number[]) {
  const { request } = entry;
  const template = {
    registrationId: idOf(entry),
    attempt,
    activityType: request.activity_type,
    activityDate: request.activity_date,
    durationMinutes: request.duration_minutes,
    notes: request.notes,
    coordinatorId: request.coordinator_id,
    overrideDuplicates: false,
  };
  return buildBatchPayload(template, batchNo, positions, (position) => request.mentor_ids[position - 1]!);
}

async function fencedOrSettled(outcome: Promise<{ kind: string }>): Promise<{ kind: string }> {
  const { kind } = await outcome;
  return { kind: kind === 'fenced' || kind === 'settled' ? 'fenced or settled' : kind };
}

function idOf(entry: Entry): bigint {
  const id = parseRegistrationId(entry.id ?? '');
  if (id === null) throw new Error(`A probe was not accepted: ${entry.request.notes}`);
  return id;
}
