import { LIMITS, type SearchHit, type SearchResponse } from '@bulk/contract';
import { findMentorActivities } from '../activities/find-mentor-activities.ts';
import { getActivity } from '../activities/get-activity.ts';
import { usualDays } from '../activities/list-mentor-activities.ts';
import type { BulkRegistrationWhereInput } from '../database/generated/models.ts';
import type { ReadDeps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { formatRegistrationId, parseActivityId, parseRegistrationId } from '../registrations/ids.ts';
import { findActivityTypes, findCoordinators } from './find-prefixed.ts';

/** Of days and types, the latest ones, where a mentor is looked for: about 20 ms. */
const PAIRS_OF_A_MENTOR = 1_000;

/**
 * Tells what a text names: registrations, an activity, a mentor, coordinators or activity types. Each part reads few
 * rows by an index. Callers with a scope find only what belongs to their coordinators.
 *
 * @throws transient errors of the database
 */
export async function search(deps: ReadDeps, text: string): Promise<SearchResponse> {
  const parts = await Promise.all([
    registrationHits(deps, text.trim()),
    activityHit(deps, text.trim()),
    mentorHit(deps, text),
    findCoordinators(deps, text),
    findActivityTypes(deps, text),
  ]);
  const [registrations, activities, mentors, coordinators, types] = parts;
  const valueHits = (kind: SearchHit['kind'], values: readonly string[]) =>
    values.map((value) => ({ kind, id: value, title: value }));
  const hits = [
    ...registrations,
    ...activities,
    ...mentors,
    ...valueHits('coordinator', coordinators),
    ...valueHits('activity_type', types),
  ];
  return { data: hits.slice(0, LIMITS.searchHits) };
}

/** Finds bulk-007, also as bulk-7 and 7, and the registrations with this external reference: one a coordinator. */
async function registrationHits({ db, caller }: ReadDeps, text: string): Promise<SearchHit[]> {
  const id = parseRegistrationId(withZeros(/^(?:bulk-)?0*(\d{1,19})$/i, 'bulk', text));
  const scope = caller.coordinatorIds && { coordinatorId: { in: [...caller.coordinatorIds] } };
  const find = (where: BulkRegistrationWhereInput) =>
    db.prisma.bulkRegistration.findMany({
      where: { ...where, ...scope },
      select: { id: true, activityType: true, activityDate: true, mentorCount: true },
      orderBy: { coordinatorId: 'asc' },
      take: LIMITS.searchHits,
    });
  const [byId, byReference] = await Promise.all([
    id === null ? [] : find({ id }),
    find({ externalReference: text }),
  ]);
  return [...byId, ...byReference.filter((each) => each.id !== id)].map((each) => {
    const mentors = each.mentorCount === 1 ? '1 mentor' : `${each.mentorCount} mentors`;
    const title = `${each.activityType} on ${each.activityDate.toISOString().slice(0, 10)}, ${mentors}`;
    return { kind: 'registration', id: formatRegistrationId(each.id), title };
  });
}

/** Finds pa-010, and also pa-10. */
async function activityHit(deps: ReadDeps, text: string): Promise<SearchHit[]> {
  const id = parseActivityId(withZeros(/^pa-0*(\d{1,19})$/i, 'pa', text));
  if (id === null) return [];
  try {
    const activity = await getActivity(deps, id);
    const title = `${activity.activity_type} on ${activity.activity_date}, ${activity.mentor_id}`;
    return [{ kind: 'activity', id: activity.id, title }];
  } catch (error) {
    if (error instanceof AppError && error.code === 'activity_not_found') return [];
    throw error;
  }
}

function withZeros(pattern: RegExp, prefix: string, text: string): string {
  return `${prefix}-${pattern.exec(text)?.[1]?.padStart(3, '0') ?? ''}`;
}

async function mentorHit({ db, caller }: ReadDeps, mentorId: string): Promise<SearchHit[]> {
  const { rows } = await findMentorActivities(db.prisma, {
    mentorId,
    ...usualDays(),
    after: null,
    limit: 1,
    ofCoordinators: caller.coordinatorIds,
    maxPairs: PAIRS_OF_A_MENTOR,
  });
  const [latest] = rows;
  if (latest === undefined) return [];
  const title = `${mentorId}, last activity ${latest.activityType} on ${latest.activityDate}`;
  return [{ kind: 'mentor', id: mentorId, title }];
}
