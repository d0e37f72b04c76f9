import {
  BASE_PATH,
  type CreateRegistrationRequest,
  type MentorResult,
  RESULT_ERRORS,
  type RegistrationDetails,
  type RegistrationSummary,
  type ResultsMode,
} from '@bulk/contract';
import { expect } from 'vitest';
import { activityKey, countOf, type Model, type ModelRegistration, processedBy, versionOf } from './model.ts';
import type { Answer, Real, Seen } from './real.ts';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** Asks for the details and holds every field of the answer against the model. */
export async function expectDetails(
  model: Model,
  real: Real,
  registration: ModelRegistration,
  mode: ResultsMode = 'all',
): Promise<void> {
  const answer = await real.app.inject({ url: `${BASE_PATH}/${registration.id}?results=${mode}` });
  expect(answer.statusCode).toBe(200);
  const isProcessing = registration.status === 'processing';
  expect(answer.headers['retry-after']).toBe(isProcessing ? '1' : undefined);

  const body = answer.json<RegistrationDetails>();
  const {
    notes = null,
    label = null,
    external_reference = null,
    override_duplicates: _,
    override_mentor_ids: __,
    plan: ___,
    ...asked
  } = registration.request;
  expect(body).toEqual({
    ...asked,
    ...summaryOf(registration),
    results: expectedResults(model, real.seen, registration, mode),
    completed_at: isProcessing ? null : TIME,
    notes,
    label,
    external_reference,
    override_duplicates: registration.overrides,
    retry_count: registration.retryCount,
    updated_at: TIME,
    transient_error: null,
    waiting_reason: null,
    progress: expectedProgress(registration),
    history: registration.history.map((entry) => ({ ...entry, by: 'anonymous', at: TIME })),
    undone_count: countOf(registration, 'undone'),
    kept_count: countOf(registration, 'kept'),
  });
  learnActivityIds(model, real.seen, registration, body.results);
  expectTagOf(answer, real.seen, registration, mode);
}

export function summaryOf(registration: ModelRegistration): RegistrationSummary {
  const { id, status, createdAt, request } = registration;
  const { coordinator_id, activity_type, activity_date, mentor_ids } = request;
  const { label, external_reference } = request;
  return {
    id,
    coordinator_id,
    activity_type,
    activity_date,
    mentor_count: mentor_ids.length,
    status,
    success_count: countOf(registration, 'success'),
    failure_count: countOf(registration, 'duplicate'),
    created_at: createdAt,
    ...(label !== undefined && { label }),
    ...(external_reference !== undefined && { external_reference }),
  };
}

function expectedProgress(registration: ModelRegistration): unknown {
  const { results, hasStarted } = registration;
  const processed = processedBy(registration);
  return {
    processed,
    pending: results.length - processed,
    percent: Math.floor((100 * processed) / results.length),
    started_at: hasStarted ? TIME : null,
  };
}

export function expectedResults(
  model: Model,
  seen: Seen,
  registration: ModelRegistration,
  mode: ResultsMode,
): Array<{ status: string }> {
  if (mode === 'none') return [];
  const all = registration.request.mentor_ids.map((mentor_id, index) => {
    const result = registration.results[index] ?? 'pending';
    if (result === 'success') {
      return { mentor_id, activity_id: knownOrAny(seen, registration, mentor_id), status: 'success' };
    }
    if (result === 'kept') {
      return {
        mentor_id,
        activity_id: knownOrAny(seen, registration, mentor_id),
        status: 'kept',
        error: { code: 'activity_changed', message: RESULT_ERRORS.activity_changed },
      };
    }
    if (result !== 'duplicate') return { mentor_id, activity_id: null, status: result };
    const existing_activity_id = existingActivityId(model, seen, registration.request, mentor_id);
    return {
      mentor_id,
      activity_id: null,
      status: 'failed',
      error: { code: 'duplicate', message: RESULT_ERRORS.duplicate },
      ...(existing_activity_id !== null && { existing_activity_id }),
    };
  });
  return mode === 'failed' ? all.filter(({ status }) => status === 'failed') : all;
}

const nameOf = ({ id }: ModelRegistration, mentorId: string) => `${id} ${mentorId}`;

/** The activity that a mentor already has, of this kind and date; null: none. */
export function existingActivityId(
  model: Model,
  seen: Seen,
  request: CreateRegistrationRequest,
  mentorId: string,
): unknown {
  const first = model.firstActivities.get(activityKey(request, mentorId));
  return first ? knownOrAny(seen, first.registration, mentorId) : null;
}

function knownOrAny(seen: Seen, registration: ModelRegistration, mentorId: string): unknown {
  return seen.activityIds.get(nameOf(registration, mentorId)) ?? expect.stringMatching(/^pa-\d{3,}$/);
}

/** An activity keeps its id, and no two have the same. */
function learnActivityIds(
  model: Model,
  { activityIds }: Seen,
  registration: ModelRegistration,
  results: readonly MentorResult[],
): void {
  for (const { mentor_id, activity_id, existing_activity_id } of results) {
    if (activity_id !== null) activityIds.set(nameOf(registration, mentor_id), activity_id);
    const first = model.firstActivities.get(activityKey(registration.request, mentor_id));
    if (existing_activity_id !== undefined && first) {
      activityIds.set(nameOf(first.registration, mentor_id), existing_activity_id);
    }
  }
  expect(new Set(activityIds.values()).size).toBe(activityIds.size);
}

/**
 * The tag changes when the answer does, and only then; and it differs from form to form. Which activity a duplicate
 * clashes with is looked up at reading, and is no part of the state: that one may be undone.
 */
function expectTagOf(answer: Answer, seen: Seen, registration: ModelRegistration, mode: ResultsMode): void {
  const etag = String(answer.headers.etag);
  const body = answer.payload.replaceAll(/,"existing_activity_id":"pa-\d+"/g, '');
  const tags = seen.tags.get(registration.id) ?? [];
  for (const tag of tags) expect(tag.etag === etag).toBe(tag.mode === mode && tag.body === body);
  tags.push({ etag, mode, body, version: versionOf(registration) });
  seen.tags.set(registration.id, tags);
}
