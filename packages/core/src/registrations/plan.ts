import { createHash } from 'node:crypto';
import { type CreateRegistrationRequest, type FieldError, LIMITS } from '@bulk/contract';
import { findExistingActivities } from '../batches/existing-activities.ts';
import type { Executor } from '../database/executor.ts';
import { AppError } from '../errors.ts';

// A plan is text that a dry run answers with, in base64url: 16 bytes of a hash of the request, then a bit for each
// mentor in their order, 1 if the mentor is a duplicate. It is a condition, as an entity tag is, and grants nothing:
// so it is not signed, and nothing of it is stored.

const HASH_BYTES = 16;

/** Makes the plan of a request. */
export function planOf(
  request: CreateRegistrationRequest,
  duplicates: Pick<ReadonlyMap<string, unknown>, 'has'>,
): string {
  const bits = Buffer.alloc(Math.ceil(request.mentor_ids.length / 8));
  request.mentor_ids.forEach((mentorId, index) => {
    if (duplicates.has(mentorId))
      bits.writeUInt8(bits.readUInt8(index >> 3) | (1 << (index & 7)), index >> 3);
  });
  return Buffer.concat([hashOf(request), bits]).toString('base64url');
}

/**
 * Compares the duplicates of a request with those of its plan.
 *
 * @returns the refusal that names the mentors who differ; null: none does, or the request has no plan
 * @throws AppError `validation` for a plan of another request
 */
export async function findPlanOutdated(
  db: Executor,
  request: CreateRegistrationRequest,
): Promise<AppError | null> {
  if (request.plan === undefined) return null;
  const planned = readPlan(request, request.plan);
  const { activity_type: activityType, activity_date: activityDate, mentor_ids: mentorIds } = request;
  const existing = await findExistingActivities(db, { activityType, activityDate }, mentorIds, []);
  const differing = mentorIds.flatMap((mentorId, index): FieldError[] => {
    const isDuplicate = existing.has(mentorId);
    if (isDuplicate === planned(index)) return [];
    const pointer = `#/mentor_ids/${index}`;
    return isDuplicate
      ? [{ pointer, code: 'is_duplicate', detail: 'has become a duplicate' }]
      : [{ pointer, code: 'is_no_duplicate', detail: 'is no duplicate any more' }];
  });
  if (differing.length === 0) return null;
  const mentors = differing.length === 1 ? '1 mentor differs' : `${differing.length} mentors differ`;
  return new AppError('plan_outdated', `${mentors} from the plan: check the registration again.`, {
    fieldErrors: differing.slice(0, LIMITS.fieldErrorsPerProblem),
  });
}

/** Tells of a mentor, by the index, whether the plan has it as a duplicate. */
function readPlan(request: CreateRegistrationRequest, plan: string): (index: number) => boolean {
  const bytes = Buffer.from(plan, 'base64url');
  const bits = bytes.subarray(HASH_BYTES);
  const isOfRequest =
    bits.length === Math.ceil(request.mentor_ids.length / 8) &&
    hashOf(request).equals(bytes.subarray(0, HASH_BYTES));
  if (!isOfRequest) {
    const detail = 'must be the plan of a dry run of this request';
    throw new AppError('validation', `plan ${detail}.`, {
      fieldErrors: [{ pointer: '#/plan', code: 'not_allowed', detail }],
    });
  }
  return (index) => ((bits.at(index >> 3) ?? 0) & (1 << (index & 7))) !== 0;
}

/** Leaves out what may be decided after the dry run: who gets one more activity, label and external reference. */
function hashOf(request: CreateRegistrationRequest): Buffer {
  const {
    coordinator_id,
    activity_type,
    activity_date,
    duration_minutes,
    notes = null,
    mentor_ids,
  } = request;
  const fields = [coordinator_id, activity_type, activity_date, duration_minutes, notes, mentor_ids];
  return createHash('sha256').update(JSON.stringify(fields)).digest().subarray(0, HASH_BYTES);
}
