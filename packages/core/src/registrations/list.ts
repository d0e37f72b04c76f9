import {
  LIMITS,
  type ListRegistrationsQuery,
  type ListRegistrationsResponse,
  type RegistrationSummary,
} from '@bulk/contract';
import { countRegistrations, listSummaries, type SummaryRow } from '../db/list.ts';
import type { Deps } from '../deps.ts';
import { formatCursor, parseCursor } from '../domain/cursor.ts';
import { formatRegistrationId } from '../domain/ids.ts';
import { readCursor } from './read-cursor.ts';

/** @throws AppError `validation` for a cursor that is none of ours */
export async function listRegistrations(
  { db }: Pick<Deps, 'db'>,
  { page = 1, limit = LIMITS.defaultPageSize, after, ...filter }: ListRegistrationsQuery,
): Promise<ListRegistrationsResponse> {
  const cursor = after === undefined ? null : readCursor(after, parseCursor);
  const offset = cursor ? 0 : (page - 1) * limit;
  // One more than asked for tells whether there is a next page.
  const [rows, total] = await Promise.all([
    listSummaries(db.prisma, filter, { after: cursor, offset, limit: limit + 1 }),
    countRegistrations(db.prisma, filter),
  ]);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);

  return {
    data: shown.map(toSummary),
    pagination: { page, limit, total, next_cursor: rows.length > limit && last ? formatCursor(last) : null },
  };
}

function toSummary(row: SummaryRow): RegistrationSummary {
  return {
    id: formatRegistrationId(row.id),
    coordinator_id: row.coordinatorId,
    activity_type: row.activityType,
    activity_date: row.activityDate,
    mentor_count: row.mentorCount,
    status: row.status,
    success_count: row.successCount,
    failure_count: row.failureCount,
    created_at: row.createdAt.toISOString(),
  };
}
