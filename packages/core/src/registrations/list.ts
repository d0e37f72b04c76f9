import {
  LIMITS,
  type ListFilter,
  type ListRegistrationsQuery,
  type ListRegistrationsResponse,
} from '@bulk/contract';
import type { Database } from '../database/client.ts';
import type { BulkRegistrationWhereInput } from '../database/generated/models.ts';
import type { Deps, ReadDeps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { type Cursor, formatCursor, parseCursor } from './cursor.ts';
import { readCursor } from './read-cursor.ts';
import { SUMMARY, toSummary } from './summary.ts';

/**
 * Lists a page of registrations, newest first unless `sort` says otherwise.
 *
 * @throws AppError `validation` for a cursor that is none of ours, and for a page by number that is too far
 * @throws transient errors of the database
 */
export async function listRegistrations(
  { db, caller }: ReadDeps,
  {
    page = 1,
    limit = LIMITS.defaultPageSize,
    after,
    sort = '-created_at',
    ...wanted
  }: ListRegistrationsQuery,
): Promise<ListRegistrationsResponse> {
  const cursor = after === undefined ? null : readCursor(after, parseCursor);
  const filter: Filter = { ...wanted, ofCoordinators: caller.coordinatorIds };
  const where = matching(filter);
  const isOldestFirst = sort === 'created_at';
  const direction = isOldestFirst ? 'asc' : 'desc';
  if (cursor === null && page * limit > LIMITS.reachOfPages) return farPage({ db }, { page, limit }, filter);
  // One more than asked for tells whether there is a next page.
  const [rows, total] = await Promise.all([
    db.prisma.bulkRegistration.findMany({
      where: cursor ? { AND: [where, isAfter(cursor, isOldestFirst)] } : where,
      orderBy: [{ createdAt: direction }, { id: direction }],
      skip: cursor ? 0 : (page - 1) * limit,
      take: limit + 1,
      select: SUMMARY,
    }),
    count(db, filter),
  ]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);

  return {
    data: shown.map(toSummary),
    pagination: {
      page,
      limit,
      total: total.count,
      next_cursor: rows.length > limit && last ? formatCursor(last) : null,
      total_is_exact: total.isExact,
    },
  };
}

/** To skip many rows is to read them all: a page by number is refused there, unless it is known to be empty. */
async function farPage(
  { db }: Pick<Deps, 'db'>,
  { page, limit }: { page: number; limit: number },
  filter: Filter,
): Promise<ListRegistrationsResponse> {
  const total = await count(db, filter);
  if (total.isExact && (page - 1) * limit >= total.count) {
    const pagination = { page, limit, total: total.count, next_cursor: null, total_is_exact: true };
    return { data: [], pagination };
  }
  const detail = `must be at most ${Math.floor(LIMITS.reachOfPages / limit)} with this limit; use after to go further`;
  throw new AppError('validation', `page ${detail}.`, {
    fieldErrors: [{ parameter: 'page', code: 'out_of_range', detail }],
  });
}

type Filter = ListFilter & {
  /** The scope of the caller; null: all. */
  ofCoordinators: readonly string[] | null;
};

/** The one place that knows what each filter means. */
function matching(filter: Filter): BulkRegistrationWhereInput {
  const {
    status,
    coordinator_id,
    activity_type,
    from,
    to,
    has_failures,
    label,
    external_reference,
    ofCoordinators,
  } = filter;
  return {
    ...(status !== undefined && { status }),
    ...(coordinator_id !== undefined && { coordinatorId: coordinator_id }),
    ...(ofCoordinators !== null && { AND: { coordinatorId: { in: [...ofCoordinators] } } }),
    ...(activity_type !== undefined && { activityType: activity_type }),
    ...((from !== undefined || to !== undefined) && {
      activityDate: { ...(from && { gte: new Date(from) }), ...(to && { lte: new Date(to) }) },
    }),
    ...(has_failures !== undefined && { failureCount: has_failures ? { gt: 0 } : 0 }),
    ...(label !== undefined && { label }),
    ...(external_reference !== undefined && { externalReference: external_reference }),
  };
}

/** The first condition bounds the range of the index; the second breaks ties by id. */
function isAfter({ createdAt, id }: Cursor, isOldestFirst: boolean): BulkRegistrationWhereInput {
  if (isOldestFirst) {
    return {
      createdAt: { gte: createdAt },
      OR: [{ createdAt: { gt: createdAt } }, { id: { gt: id } }],
    };
  }
  return {
    createdAt: { lte: createdAt },
    OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }],
  };
}

interface Total {
  count: number;
  /** false: there are more. */
  isExact: boolean;
}

/** Counts those that match, up to a limit; the number of all is kept, because to count them reads them all. */
async function count({ prisma }: Database, filter: Filter): Promise<Total> {
  const isFiltered = Object.values(filter).some((value) => value !== undefined && value !== null);
  if (isFiltered) {
    const take = LIMITS.countedTotal + 1;
    const counted = await prisma.bulkRegistration.count({ where: matching(filter), take });
    return { count: Math.min(counted, LIMITS.countedTotal), isExact: counted < take };
  }
  const { _sum } = await prisma.registrationTotal.aggregate({ _sum: { total: true } });
  return { count: Number(_sum.total ?? 0), isExact: true };
}
