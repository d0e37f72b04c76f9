import type {
  CreateRegistrationRequest,
  CreateRegistrationResponse,
  DeleteRegistrationResponse,
  DryRunResponse,
  FailureCode,
  RetryRegistrationRequest,
} from '@bulk/contract';
import { BASE_PATH } from '@bulk/contract';
import { expect } from 'vitest';
import { existingActivityId, expectDetails } from './details.ts';
import { type Model, type ModelRegistration, mentorsThat, versionOf } from './model.ts';
import { type Answer, expectRefusal, type Real } from './real.ts';
import { addressOf, chooseTag, isGone, picked, Step, type TagChoice } from './step.ts';

/** As `picked`, but mostly one that can be retried, if there is any. */
function pickedForRetry(model: Model, pick: number): ModelRegistration | null {
  const retriable = model.registrations.filter((each) => model.refusalOfRetry(each, {}) === null);
  return pick % 4 === 0 ? picked(model, pick) : (retriable[pick % retriable.length] ?? picked(model, pick));
}

export class Submit extends Step<{ request: CreateRegistrationRequest; key: string | null }> {
  run(model: Model, real: Real): Promise<void> {
    return submit(model, real, this.choice.request, this.choice.key);
  }
}

/** Submits what a dry run has looked at, with some of its duplicates overridden. */
export class ApplyPlan extends Step<{ pick: number; overridden: number; key: string | null }> {
  async run(model: Model, real: Real): Promise<void> {
    const { pick, overridden, key } = this.choice;
    const planned = model.plans[pick % model.plans.length];
    if (planned === undefined) return;
    const { request, plan, duplicates } = planned;
    const override_mentor_ids = duplicates.slice(0, overridden);
    const chosen = override_mentor_ids.length > 0 ? { override_mentor_ids } : {};
    await submit(model, real, { ...request, ...chosen, plan }, key, new Set(duplicates));
  }
}

/** @param planned the duplicates of the plan; null: there is no plan */
async function submit(
  model: Model,
  real: Real,
  request: CreateRegistrationRequest,
  key: string | null,
  planned: ReadonlySet<string> | null = null,
): Promise<void> {
  const answer = await real.app.inject({
    method: 'POST',
    url: BASE_PATH,
    payload: request,
    headers: keyHeader(key),
  });
  const { override_duplicates = false, ...rest } = request;
  const name = `POST ${key}`;
  if (isReplay(model, key, name, { ...rest, override_duplicates }, answer)) return;

  const duplicates = new Set(model.duplicatesOf(request));
  const differing = request.mentor_ids.flatMap((mentor, index) =>
    planned !== null && planned.has(mentor) !== duplicates.has(mentor) ? [`#/mentor_ids/${index}`] : [],
  );
  if (differing.length > 0) {
    expectRefusal(answer, { code: 'plan_outdated', pointers: differing });
    return;
  }
  if (model.isReferenceTaken(request)) {
    expectRefusal(answer, { code: 'reference_taken', pointers: ['#/external_reference'] });
    return;
  }
  expect(answer.statusCode).toBe(202);
  const body = answer.json<CreateRegistrationResponse>();
  const { coordinator_id, mentor_ids, activity_type, activity_date } = request;
  const asked = { coordinator_id, mentor_ids, activity_type, activity_date };
  expect(body).toMatchObject({ ...asked, mentor_count: mentor_ids.length, status: 'processing' });
  expect(model.registrations.map(({ id }) => id)).not.toContain(body.id);
  if (key !== null) keep(model, name, { ...rest, override_duplicates }, body);
  await expectDetails(model, real, model.submit(request, body.id, body.created_at));
}

/** Tells what a registration would come to, and changes nothing. */
export class DryRun extends Step<{ request: CreateRegistrationRequest }> {
  async run(model: Model, real: Real): Promise<void> {
    const { request } = this.choice;
    const url = `${BASE_PATH}?dry_run=true`;
    const answer = await real.app.inject({ method: 'POST', url, payload: request });
    if (model.isReferenceTaken(request)) {
      expectRefusal(answer, { code: 'reference_taken', pointers: ['#/external_reference'] });
      return;
    }
    const { mentor_ids, override_duplicates = false } = request;
    const found = model.duplicatesOf(request);
    const duplicates = found.map((mentor_id) => ({
      mentor_id,
      existing_activity_id: existingActivityId(model, real.seen, request, mentor_id),
      ...model.registeredBy(request, mentor_id),
      registered_at: expect.stringMatching(/^\d{4}-.+Z$/),
    }));
    const failure_count = override_duplicates ? 0 : found.length;
    const success_count = mentor_ids.length - failure_count;
    const counts = { mentor_count: mentor_ids.length, success_count, failure_count };
    const body = { ...counts, duplicates, plan: expect.any(String) };
    expect([answer.statusCode, answer.json()]).toEqual([200, body]);
    model.plans.push({ request, plan: answer.json<DryRunResponse>().plan, duplicates: found });
  }
}

export class Retry extends Step<{
  pick: number;
  overrides: boolean | null;
  /** Which of the failed mentors; null: all of them. */
  narrowed: { count: number; withStranger: boolean } | null;
  codes: FailureCode[] | null;
  key: string | null;
}> {
  async run(model: Model, real: Real): Promise<void> {
    const registration = pickedForRetry(model, this.choice.pick);
    const request = this.requestFor(registration);
    const url = addressOf(registration);
    const answer = await real.app.inject({
      method: 'PUT',
      url,
      payload: request,
      headers: keyHeader(this.choice.key),
    });
    const name = `PUT ${url} ${this.choice.key}`;
    if (isReplay(model, this.choice.key, name, request, answer)) return;

    const refusal = model.refusalOfRetry(registration, request);
    if (refusal) expectRefusal(answer, refusal);
    if (refusal === null && registration) {
      expect(answer.statusCode).toBe(202);
      model.retry(registration, request);
      const { id, retryCount } = registration;
      expect(answer.json()).toMatchObject({ id, status: 'processing', retry_count: retryCount });
      if (this.choice.key !== null) keep(model, name, request, answer.json());
    }
    if (registration && !isGone(registration)) await expectDetails(model, real, registration);
  }

  private requestFor(registration: ModelRegistration | null): RetryRegistrationRequest {
    const request: RetryRegistrationRequest = { action: 'retry_failed' };
    if (this.choice.overrides !== null) request.override_duplicates = this.choice.overrides;
    if (this.choice.codes !== null) request.error_codes = this.choice.codes;
    if (this.choice.narrowed) {
      const failed = registration ? mentorsThat(registration, 'duplicate') : [];
      const named = failed.toReversed().slice(0, this.choice.narrowed.count);
      request.mentor_ids =
        this.choice.narrowed.withStranger || named.length === 0 ? [...named, 'stranger'] : named;
    }
    return request;
  }
}

export class Undo extends Step<{ pick: number; key: string | null; ifMatch: TagChoice }> {
  async run(model: Model, real: Real): Promise<void> {
    const possible = model.registrations.filter((each) => model.refusalOfUndo(each) === null);
    const registration =
      (this.choice.pick % 3 === 0 ? null : possible[this.choice.pick % possible.length]) ??
      picked(model, this.choice.pick);
    const condition = chooseTag(real, registration, 'all', this.choice.ifMatch);
    const url = `${addressOf(registration)}/undo`;
    const headers = {
      ...keyHeader(this.choice.key),
      ...(condition.header !== null && { 'if-match': condition.header }),
    };
    const answer = await real.app.inject({ method: 'POST', url, headers });
    const name = `POST ${url} ${this.choice.key}`;
    if (isReplay(model, this.choice.key, name, {}, answer)) return;

    const refusal = model.refusalOfUndo(registration);
    const isSeen =
      registration === null || isGone(registration) || condition.matches(versionOf(registration));
    if (!isSeen) {
      expectRefusal(answer, { code: 'changed_meanwhile' });
    } else if (refusal) {
      expectRefusal(answer, refusal);
    } else if (registration) {
      expect(answer.statusCode).toBe(202);
      model.undo(registration);
      expect(answer.json()).toMatchObject({ id: registration.id, status: 'processing' });
      if (this.choice.key !== null) keep(model, name, {}, answer.json());
    }
    if (registration && !isGone(registration)) await expectDetails(model, real, registration);
  }
}

/** Somebody changes an activity that a registration has written. */
export class ChangeActivity extends Step<{ pick: number; index: number }> {
  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.choice.pick);
    if (registration === null) return;
    const { request, results, isUndoing, work, changed } = registration;
    const index = this.choice.index % results.length;
    const isWritten = results[index] === 'success' || (isUndoing && work.includes(index));
    if (!isWritten) return;
    changed.add(index);
    await real.deps.db.prisma.activity.updateMany({
      where: {
        bulkRegistrationId: BigInt(registration.id.slice('bulk-'.length)),
        mentorId: request.mentor_ids[index] ?? '',
      },
      data: { durationMinutes: 999 },
    });
  }
}

export class Remove extends Step<{ pick: number; onlyCancel: boolean; ifMatch: TagChoice }> {
  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.choice.pick);
    const condition = chooseTag(real, registration, 'all', this.choice.ifMatch);
    const url = `${addressOf(registration)}${this.choice.onlyCancel ? '?only=cancel' : ''}`;
    const headers = condition.header === null ? {} : { 'if-match': condition.header };
    const answer = await real.app.inject({ method: 'DELETE', url, headers });

    if (registration === null || isGone(registration)) {
      expectRefusal(answer, { code: 'registration_not_found' });
    } else if (!condition.matches(versionOf(registration))) {
      expectRefusal(answer, { code: 'changed_meanwhile' });
    } else if (registration.status === 'processing') {
      expectMessage(answer, `Bulk registration job ${registration.id} cancelled successfully`);
      model.cancel(registration);
    } else if (this.choice.onlyCancel) {
      expectRefusal(answer, { code: 'not_running' });
    } else {
      expectMessage(answer, `Bulk registration job ${registration.id} deleted successfully`);
      registration.isDeleted = true;
    }
    if (registration && !isGone(registration)) await expectDetails(model, real, registration);
  }
}

function keyHeader(key: string | null): Record<string, string> {
  return key === null ? {} : { 'idempotency-key': key };
}

function keep(model: Model, name: string, request: object, answer: unknown): void {
  model.keys.set(name, { request: canonical(request), answer });
}

/** Whether the key was used before; the answer is then held against the first one. */
function isReplay(model: Model, key: string | null, name: string, request: object, answer: Answer): boolean {
  const kept = key === null ? undefined : model.keys.get(name);
  if (kept === undefined) {
    expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    return false;
  }
  if (kept.request !== canonical(request)) {
    expectRefusal(answer, { code: 'key_reused' });
    return true;
  }
  expect([answer.statusCode, answer.json()]).toEqual([202, kept.answer]);
  expect(answer.headers['idempotency-replayed']).toBe('true');
  return true;
}

function canonical(request: object): string {
  return JSON.stringify(Object.entries(request).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function expectMessage(answer: Answer, message: string): void {
  expect([answer.statusCode, answer.json<DeleteRegistrationResponse>()]).toEqual([200, { message }]);
}
