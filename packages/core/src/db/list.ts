import type { ListRegistrationsQuery, RegistrationStatus } from '@bulk/contract';
import type { Cursor } from '../domain/cursor.ts';
import type { Executor } from './executor.ts';
import { Prisma } from './generated/client.ts';

export type ListFilter = Pick<
  ListRegistrationsQuery,
  'status' | 'coordinator_id' | 'activity_type' | 'from' | 'to' | 'has_failures'
>;

export interface SummaryRow {
  id: bigint;
  coordinatorId: string;
  activityType: string;
  activityDate: string;
  mentorCount: number;
  status: RegistrationStatus;
  successCount: number;
  failureCount: number;
  createdAt: Date;
  /** `createdAt` in full precision. */
  createdAtMicros: bigint;
}

/** Newest first; the id breaks ties. */
export function listSummaries(
  db: Executor,
  filter: ListFilter,
  { after, offset, limit }: { after: Cursor | null; offset: number; limit: number },
): Promise<SummaryRow[]> {
  return db.$queryRaw<SummaryRow[]>`
    select
      id,
      coordinator_id as "coordinatorId",
      activity_type as "activityType",
      to_char(activity_date, 'YYYY-MM-DD') as "activityDate",
      mentor_count as "mentorCount",
      status::text as status,
      success_count as "successCount",
      failure_count as "failureCount",
      created_at as "createdAt",
      (extract(epoch from created_at) * 1000000)::bigint as "createdAtMicros"
    from bulk_registrations
    where ${matches(filter)}
      and ${after ? isAfter(after) : Prisma.sql`true`}
    order by created_at desc, id desc
    limit ${limit}::bigint
    offset ${offset}::bigint`;
}

/** Of all of them the number is kept; with a filter those that match are counted. */
export async function countRegistrations(db: Executor, filter: ListFilter): Promise<number> {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const rows = isFiltered
    ? await db.$queryRaw<Array<{ total: bigint }>>`
        select count(*) as total
        from bulk_registrations
        where ${matches(filter)}`
    : await db.$queryRaw<Array<{ total: bigint }>>`
        select sum(total)::bigint as total
        from registration_totals`;
  return Number(rows[0]?.total ?? 0);
}

function isAfter({ createdAtMicros, id }: Cursor): Prisma.Sql {
  return Prisma.sql`
    (created_at, id) < (timestamptz 'epoch' + ${createdAtMicros}::bigint * interval '1 microsecond', ${id}::bigint)`;
}

function matches(filter: ListFilter): Prisma.Sql {
  const conditions = [Prisma.sql`true`];
  if (filter.status !== undefined)
    conditions.push(Prisma.sql`status = ${filter.status}::registration_status`);
  if (filter.coordinator_id !== undefined)
    conditions.push(Prisma.sql`coordinator_id = ${filter.coordinator_id}`);
  if (filter.activity_type !== undefined)
    conditions.push(Prisma.sql`activity_type = ${filter.activity_type}`);
  if (filter.from !== undefined) conditions.push(Prisma.sql`activity_date >= ${filter.from}::date`);
  if (filter.to !== undefined) conditions.push(Prisma.sql`activity_date <= ${filter.to}::date`);
  if (filter.has_failures !== undefined) {
    conditions.push(filter.has_failures ? Prisma.sql`failure_count > 0` : Prisma.sql`failure_count = 0`);
  }
  return Prisma.join(conditions, ' and ');
}
