import type { Activity } from '@bulk/contract';
import { formatActivityId, formatRegistrationId } from '../registrations/ids.ts';

/** An activity as it is stored. */
export interface ActivityRow {
  id: bigint;
  mentorId: string;
  activityType: string;
  /** YYYY-MM-DD */
  activityDate: string;
  /** null: one more, written by an override. */
  occurrence: number | null;
  durationMinutes: number;
  notes: string | null;
  coordinatorId: string;
  bulkRegistrationId: bigint;
  createdAt: Date;
}

/** Makes the answer of a stored activity. */
export function toActivity(row: ActivityRow): Activity {
  return {
    id: formatActivityId(row.id),
    mentor_id: row.mentorId,
    activity_type: row.activityType,
    activity_date: row.activityDate,
    duration_minutes: row.durationMinutes,
    notes: row.notes,
    coordinator_id: row.coordinatorId,
    registration_id: formatRegistrationId(row.bulkRegistrationId),
    is_override: row.occurrence === null,
    created_at: row.createdAt.toISOString(),
  };
}
