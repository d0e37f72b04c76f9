import type { Attempt, AttemptOutcome, AttemptsResponse } from '@bulk/contract';
import type { ReadDeps } from '../deps.ts';
import { type DetailsRow, findDetails } from '../registrations/find-details.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { registrationNotFound } from '../registrations/refusals.ts';
import type { Standing } from './standing.ts';

/**
 * Lists the attempts of a registration, the oldest first, and what each of them did. Each retry and undo stores where
 * the registration stood before it: the difference from one to the next is what an attempt did.
 *
 * @throws AppError `registration_not_found`
 */
export async function listAttempts({ db }: ReadDeps, id: bigint): Promise<AttemptsResponse> {
  const row = await findDetails(db.prisma, id, 0);
  if (row === null) throw registrationNotFound(id);
  const begun = begunAttempts(row);
  const attempts = begun.map((each, index) =>
    toAttempt(each, index + 1, begun[index + 1]?.before ?? null, row),
  );
  return { id: formatRegistrationId(id), attempts };
}

type Begun = Pick<Attempt, 'kind' | 'by' | 'mentor_count' | 'override_duplicates' | 'accepted_at'> & {
  /** null: not stored. */
  before: Standing | null;
};

const NOTHING: Standing = {
  success_count: 0,
  failure_count: 0,
  undone_count: 0,
  kept_count: 0,
  started_at: null,
  finished_at: null,
};

function begunAttempts({ createdAt, createdBy, mentorCount, history }: DetailsRow): Begun[] {
  const first: Begun = {
    kind: 'register',
    by: createdBy,
    mentor_count: mentorCount,
    accepted_at: createdAt.toISOString(),
    before: NOTHING,
  };
  const later = history.flatMap((entry): Begun[] =>
    entry.action === 'cancelled'
      ? []
      : [
          {
            kind: entry.action === 'retried' ? 'retry' : 'undo',
            by: entry.actor,
            mentor_count: entry.mentorCount ?? 0,
            ...(entry.overrideDuplicates !== null && { override_duplicates: entry.overrideDuplicates }),
            accepted_at: new Date(entry.at).toISOString(),
            before: entry.standingBefore,
          },
        ],
  );
  return [first, ...later];
}

/** @param next where the registration stood when the next attempt began; null: not stored, or there is no next one */
function toAttempt(
  { before, ...begun }: Begun,
  attempt: number,
  next: Standing | null,
  row: DetailsRow,
): Attempt {
  const after = attempt === row.attempt ? standingOf(row) : next;
  return {
    attempt,
    ...begun,
    started_at: timeOf(after?.started_at),
    finished_at: timeOf(after?.finished_at),
    outcome: before && after && outcomeOf(begun, before, after),
  };
}

function standingOf(row: DetailsRow): Standing {
  return {
    success_count: row.successCount,
    failure_count: row.failureCount,
    undone_count: row.undoneCount,
    kept_count: row.keptCount,
    started_at: row.startedAt?.toISOString() ?? null,
    finished_at: row.completedAt?.toISOString() ?? null,
  };
}

/** A retry takes its mentors out of the failures, and an undo out of the successes, before it begins. */
function outcomeOf(
  { kind, mentor_count }: Pick<Begun, 'kind' | 'mentor_count'>,
  before: Standing,
  after: Standing,
): AttemptOutcome {
  const retried = kind === 'retry' ? mentor_count : 0;
  const outcome = {
    success_count: kind === 'undo' ? 0 : after.success_count - before.success_count,
    failure_count: after.failure_count - (before.failure_count - retried),
    undone_count: after.undone_count - before.undone_count,
    kept_count: after.kept_count - before.kept_count,
  };
  const done = Object.values(outcome).reduce((sum, each) => sum + each, 0);
  return { ...outcome, not_done_count: mentor_count - done };
}

function timeOf(stored: string | null | undefined): string | null {
  return stored ? new Date(stored).toISOString() : null;
}
