import type { CreateRegistrationRequest } from '@bulk/contract';

/** What the service and its peers are given to do, as a request of the service. */
export type Work = CreateRegistrationRequest;

/** Makes work with a date of its own, so that no mentor has that activity already. */
export function newWork(mentorCount: number, fields: Partial<Work> = {}): Work {
  return {
    coordinator_id: 'coord-42',
    mentor_ids: mentorIds(mentorCount),
    activity_type: 'group_workshop',
    activity_date: nextDay(),
    duration_minutes: 120,
    notes: 'Spring semester kick-off workshop',
    ...fields,
  };
}

/** `mentor-1`, `mentor-2`, …, numbered on from `first`. */
export function mentorIds(count: number, first = 1): string[] {
  return Array.from({ length: count }, (_, index) => `mentor-${first + index}`);
}

const DAY_MS = 24 * 60 * 60 * 1_000;
let day = Date.UTC(2020, 0, 1);

function nextDay(): string {
  day += DAY_MS;
  return new Date(day).toISOString().slice(0, 10);
}
