import { formatRegistrationId, parseRegistrationId } from '@bulk/core';
import type { Entry } from './journal.ts';
import type { Judged } from './world.ts';

interface Row {
  id: bigint;
  marker: string;
  status: string;
  attempt: number;
  undoCount: number;
  mentorCount: number;
  /** All its mentors are in the batches of the first attempt, and there are batches of the current one. */
  isWhole: boolean;
}

interface Check {
  entry: Entry;
  row: Row | undefined;
  activities: number;
}

/** Compares the database with what the clients were told. */
export async function checkJournal(
  world: Judged,
): Promise<{ broken: string[]; lost: number; doubles: number }> {
  const rows = await listRows(world);
  const activities = await countActivities(world);
  const byMarker = new Map<string, Row[]>();
  for (const row of rows) byMarker.set(row.marker, [...(byMarker.get(row.marker) ?? []), row]);
  const checks = world.journal.entries.map((entry): Check => {
    const row = byMarker.get(entry.request.notes)?.[0];
    const id = row?.id ?? parseRegistrationId(entry.id ?? '');
    return { entry, row, activities: activities.get(id ?? 0n) ?? 0 };
  });

  const lost = checks.flatMap(lostWork);
  const doubles = [...byMarker].filter(([, same]) => same.length > 1);
  const broken = [
    ...lost,
    ...doubles.map(([marker]) => `${marker} became more than one registration`),
    ...rows.filter((row) => !row.isWhole).map((row) => `${formatRegistrationId(row.id)} exists in part`),
    ...checks.flatMap(brokenPromises),
  ];
  return { broken, lost: lost.length, doubles: doubles.length };
}

/** An accepted registration exists until a client deletes it. */
function lostWork({ entry, row }: Check): string[] {
  if (entry.fate !== 'accepted' || entry.deletion !== 'none' || row !== undefined) return [];
  return [`${entry.id} was accepted and is lost`];
}

function brokenPromises({ entry, row, activities }: Check): string[] {
  const name = entry.id ?? entry.request.notes;
  const broken: string[] = [];
  const { cancelled } = entry;
  const { mayBeUndone } = entry;
  if (
    !mayBeUndone &&
    cancelled !== null &&
    cancelled.activities !== null &&
    cancelled.activities !== activities
  ) {
    broken.push(
      `${name} had ${cancelled.activities} activities when its cancel was answered, and has ${activities}`,
    );
  }
  if (row === undefined) return broken;

  if (entry.fate === 'refused') broken.push(`${name} was refused and exists`);
  if (entry.deletion === 'done') broken.push(`${name} was deleted and exists`);
  if (row.mentorCount !== entry.request.mentor_ids.length)
    broken.push(`${name} has another number of mentors`);
  if (cancelled !== null && row.status !== 'cancelled' && !mayBeUndone)
    broken.push(`${name} was cancelled and is ${row.status}`);
  const mayBeCancelled = cancelled !== null || entry.isCancelUnknown;
  if (row.status === 'cancelled' && !mayBeCancelled) broken.push(`${name} is cancelled, and nobody did it`);
  broken.push(...brokenUndos(name, entry, row, activities));
  const retries = row.attempt - 1 - row.undoCount;
  if (retries < entry.acceptedRetries || retries > entry.acceptedRetries + entry.unknownRetries) {
    broken.push(
      `${name} has ${retries} retries; ${entry.acceptedRetries} were accepted, ${entry.unknownRetries} unknown`,
    );
  }
  return broken;
}

function brokenUndos(
  name: string,
  { acceptedUndos, unknownUndos }: Entry,
  { status, undoCount }: Row,
  activities: number,
): string[] {
  const broken: string[] = [];
  if (undoCount < acceptedUndos || undoCount > acceptedUndos + unknownUndos)
    broken.push(`${name} has ${undoCount} undos; ${acceptedUndos} were accepted, ${unknownUndos} unknown`);
  if (status === 'undone' && activities > 0)
    broken.push(`${name} is undone and has ${activities} activities`);
  if (acceptedUndos > 0 && status !== 'undone' && status !== 'cancelled')
    broken.push(`${name} was undone and is ${status}`);
  return broken;
}

function listRows({ db }: Judged): Promise<Row[]> {
  return db.prisma.$queryRaw<Row[]>`
    select
      id,
      notes as marker,
      status::text as status,
      attempt,
      undo_count as "undoCount",
      mentor_count as "mentorCount",
      (
        select
          sum(cardinality(b.mentor_ids)) filter (where b.attempt = 1) = r.mentor_count
          and max(b.attempt) = r.attempt
          and count(distinct b.attempt) = least(r.attempt, 2)
        from registration_batches b
        where b.registration_id = r.id
      ) as "isWhole"
    from bulk_registrations r
    order by id`;
}

async function countActivities({ db }: Judged): Promise<Map<bigint, number>> {
  const rows = await db.prisma.$queryRaw<Array<{ id: bigint; count: number }>>`
    select bulk_registration_id as id, count(*)::integer as count
    from activities
    group by bulk_registration_id`;
  return new Map(rows.map(({ id, count }) => [id, count]));
}
