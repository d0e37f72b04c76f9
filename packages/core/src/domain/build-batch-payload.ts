import type { ResultErrorCode } from '@bulk/contract';

/** One batch, ready to be written: what its activities say, and which mentors they are for. */
export interface BatchPayload extends ActivityTemplate {
  batchNo: number;
  mentors: readonly BatchMentor[];
}

/** What the activities of one attempt have in common. */
export interface ActivityTemplate {
  registrationId: bigint;
  attempt: number;
  activityType: string;
  /** YYYY-MM-DD */
  activityDate: string;
  durationMinutes: number;
  notes: string | null;
  coordinatorId: string;
  overrideDuplicates: boolean;
}

export interface BatchMentor {
  /** 1-based, in the registration's mentor_ids. */
  position: number;
  mentorId: string;
  /** Known to be refused, so that no activity is tried; null: not known to be. */
  refusedWith: ResultErrorCode | null;
}

/** @param mentorIdAt the mentor at a 1-based position */
export function buildBatchPayload(
  template: ActivityTemplate,
  batchNo: number,
  positions: readonly number[],
  mentorIdAt: (position: number) => string,
): BatchPayload {
  const { registrationId, attempt, activityType, activityDate } = template;
  const { durationMinutes, notes, coordinatorId, overrideDuplicates } = template;
  return {
    registrationId,
    attempt,
    batchNo,
    activityType,
    activityDate,
    durationMinutes,
    notes,
    coordinatorId,
    overrideDuplicates,
    mentors: positions.map((position) => ({ position, mentorId: mentorIdAt(position), refusedWith: null })),
  };
}
