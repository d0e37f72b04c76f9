import {
  type FieldError,
  LIMITS,
  type ListMentorActivitiesQuery,
  type ListMentorActivitiesResponse,
} from '@bulk/contract';
import type { ReadDeps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { readCursor } from '../registrations/read-cursor.ts';
import { formatActivityCursor, parseActivityCursor } from './activity-cursor.ts';
import { findMentorActivities } from './find-mentor-activities.ts';
import { toActivity } from './to-activity.ts';

/** Looked at for one page. It ends there, and the next page goes on: about 100 ms. */
const PAIRS_PER_PAGE = 5_000;

/**
 * Lists a page of the activities of a mentor, the latest day first. Activities of coordinators outside the caller's
 * scope are left out.
 *
 * @throws AppError `validation` for a cursor that is none of ours, and for days in the wrong order
 * @throws transient errors of the database
 */
export async function listMentorActivities(
  { db, caller }: ReadDeps,
  mentorId: string,
  { after, limit = LIMITS.defaultPageSize, ...days }: ListMentorActivitiesQuery,
): Promise<ListMentorActivitiesResponse> {
  const { from, to } = { ...usualDays(), ...days };
  if (from > to) throw wrongOrder(days.from === undefined ? 'to' : 'from', { from, to });
  const { rows, next } = await findMentorActivities(db.prisma, {
    mentorId,
    from,
    to,
    after: after === undefined ? null : readCursor(after, parseActivityCursor),
    limit,
    ofCoordinators: caller.coordinatorIds,
    maxPairs: PAIRS_PER_PAGE,
  });
  return {
    data: rows.map(toActivity),
    pagination: { limit, next_cursor: next && formatActivityCursor(next) },
    from,
    to,
  };
}

/** The days that are looked at unless a caller names others: the last two years and the next one. */
export function usualDays(): { from: string; to: string } {
  return { from: dayInYears(-2), to: dayInYears(1) };
}

/** Today in so many years, YYYY-MM-DD. */
function dayInYears(years: number): string {
  const day = new Date();
  day.setUTCFullYear(day.getUTCFullYear() + years);
  return day.toISOString().slice(0, 10);
}

function wrongOrder(parameter: 'from' | 'to', { from, to }: { from: string; to: string }): AppError {
  const detail =
    parameter === 'from' ? `must not be later than to, ${to}` : `must not be earlier than from, ${from}`;
  const fieldErrors: FieldError[] = [{ parameter, code: 'out_of_range', detail }];
  return new AppError('validation', `${parameter} ${detail}.`, { fieldErrors });
}
