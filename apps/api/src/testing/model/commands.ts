import { once } from 'node:events';
import type {
  CreateRegistrationRequest,
  CreateRegistrationResponse,
  DeleteRegistrationResponse,
  ListRegistrationsResponse,
  ResultStatus,
  ResultsMode,
  ResultsResponse,
  RetryRegistrationRequest,
} from '@bulk/contract';
import type { AsyncCommand } from 'fast-check';
import { expect } from 'vitest';
import { existingActivityId, expectDetails, expectedResults, summaryOf } from './details.ts';
import { type Filter, type Model, type ModelRegistration, mentorsThat, versionOf } from './model.ts';
import { type Answer, expectRefusal, PATH, type Real, type Tag } from './real.ts';

export type Command = AsyncCommand<Model, Real>;

/** Which registration: one of those that were made, also a deleted one, and now and then none. */
export function picked(model: Model, pick: number): ModelRegistration | null {
  return model.registrations[pick % (model.registrations.length + 1)] ?? null;
}

/** As `picked`, but mostly one that can be retried, if there is any. */
function pickedForRetry(model: Model, pick: number): ModelRegistration | null {
  const retriable = model.registrations.filter((each) => model.refusalOfRetry(each, {}) === null);
  return pick % 4 === 0 ? picked(model, pick) : (retriable[pick % retriable.length] ?? picked(model, pick));
}

const addressOf = (registration: ModelRegistration | null) => `${PATH}/${registration?.id ?? 'bulk-999999'}`;

const isGone = (registration: ModelRegistration | null) => registration === null || registration.isDeleted;

/** A command that reads as what it does, in the sequence that a failure prints. */
abstract class Step {
  check(): boolean {
    return true;
  }

  toString(): string {
    return `${this.constructor.name}(${JSON.stringify(this)})`;
  }
}

export class Submit extends Step implements Command {
  readonly request: CreateRegistrationRequest;
  readonly key: string | null;

  constructor(request: CreateRegistrationRequest, key: string | null) {
    super();
    this.request = request;
    this.key = key;
  }

  async run(model: Model, real: Real): Promise<void> {
    const answer = await real.app.inject({
      method: 'POST',
      url: PATH,
      payload: this.request,
      headers: keyHeader(this.key),
    });
    const { override_duplicates = false, ...rest } = this.request;
    const name = `POST ${this.key}`;
    if (isReplay(model, this.key, name, { ...rest, override_duplicates }, answer)) return;

    expect(answer.statusCode).toBe(202);
    const body = answer.json<CreateRegistrationResponse>();
    const { coordinator_id, mentor_ids, activity_type, activity_date } = this.request;
    const asked = { coordinator_id, mentor_ids, activity_type, activity_date };
    expect(body).toMatchObject({ ...asked, mentor_count: mentor_ids.length, status: 'processing' });
    expect(model.registrations.map(({ id }) => id)).not.toContain(body.id);
    if (this.key !== null) keep(model, name, { ...rest, override_duplicates }, body);
    await expectDetails(model, real, model.submit(this.request, body.id, body.created_at));
  }
}

/** Tells what a registration would come to, and changes nothing. */
export class DryRun extends Step implements Command {
  readonly request: CreateRegistrationRequest;

  constructor(request: CreateRegistrationRequest) {
    super();
    this.request = request;
  }

  async run(model: Model, real: Real): Promise<void> {
    const url = `${PATH}?dry_run=true`;
    const answer = await real.app.inject({ method: 'POST', url, payload: this.request });
    const { mentor_ids, override_duplicates = false } = this.request;
    const duplicates = mentor_ids
      .map((mentor_id) => ({
        mentor_id,
        existing_activity_id: existingActivityId(model, real.seen, this.request, mentor_id),
      }))
      .filter(({ existing_activity_id }) => existing_activity_id !== null);
    const failure_count = override_duplicates ? 0 : duplicates.length;
    const success_count = mentor_ids.length - failure_count;
    const counts = { mentor_count: mentor_ids.length, success_count, failure_count };
    expect([answer.statusCode, answer.json()]).toEqual([200, { ...counts, duplicates }]);
  }
}

export class Retry extends Step implements Command {
  readonly pick: number;
  readonly overrides: boolean | null;
  /** Which of the failed mentors; null: all of them. */
  readonly narrowed: { count: number; withStranger: boolean } | null;
  readonly key: string | null;

  constructor(pick: number, overrides: boolean | null, narrowed: Retry['narrowed'], key: string | null) {
    super();
    this.pick = pick;
    this.overrides = overrides;
    this.narrowed = narrowed;
    this.key = key;
  }

  async run(model: Model, real: Real): Promise<void> {
    const registration = pickedForRetry(model, this.pick);
    const request = this.requestFor(registration);
    const url = addressOf(registration);
    const answer = await real.app.inject({
      method: 'PUT',
      url,
      payload: request,
      headers: keyHeader(this.key),
    });
    const name = `PUT ${url} ${this.key}`;
    if (isReplay(model, this.key, name, request, answer)) return;

    const refusal = model.refusalOfRetry(registration, request);
    if (refusal) expectRefusal(answer, refusal);
    if (refusal === null && registration) {
      expect(answer.statusCode).toBe(202);
      model.retry(registration, request);
      const { id, retryCount } = registration;
      expect(answer.json()).toMatchObject({ id, status: 'processing', retry_count: retryCount });
      if (this.key !== null) keep(model, name, request, answer.json());
    }
    if (registration && !isGone(registration)) await expectDetails(model, real, registration);
  }

  private requestFor(registration: ModelRegistration | null): RetryRegistrationRequest {
    const request: RetryRegistrationRequest = { action: 'retry_failed' };
    if (this.overrides !== null) request.override_duplicates = this.overrides;
    if (this.narrowed) {
      const failed = registration ? mentorsThat(registration, 'duplicate') : [];
      const named = failed.toReversed().slice(0, this.narrowed.count);
      request.mentor_ids = this.narrowed.withStranger || named.length === 0 ? [...named, 'stranger'] : named;
    }
    return request;
  }
}

/** Which of the tags that were seen a header carries: `old` may be the present one, too. */
export type TagChoice = 'none' | 'newest' | 'old' | 'any' | 'unknown';

export class Remove extends Step implements Command {
  readonly pick: number;
  readonly onlyCancel: boolean;
  readonly ifMatch: TagChoice;

  constructor(pick: number, onlyCancel: boolean, ifMatch: TagChoice) {
    super();
    this.pick = pick;
    this.onlyCancel = onlyCancel;
    this.ifMatch = ifMatch;
  }

  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.pick);
    const condition = chooseTag(real, registration, 'all', this.ifMatch);
    const url = `${addressOf(registration)}${this.onlyCancel ? '?only=cancel' : ''}`;
    const headers = condition.header === null ? {} : { 'if-match': condition.header };
    const answer = await real.app.inject({ method: 'DELETE', url, headers });

    if (registration === null || isGone(registration)) {
      expectRefusal(answer, { code: 'registration_not_found' });
    } else if (!condition.matches(versionOf(registration))) {
      expectRefusal(answer, { code: 'changed_meanwhile' });
    } else if (registration.status === 'processing') {
      expectMessage(answer, `Bulk registration job ${registration.id} cancelled successfully`);
      model.cancel(registration);
    } else if (this.onlyCancel) {
      expectRefusal(answer, { code: 'not_running' });
    } else {
      expectMessage(answer, `Bulk registration job ${registration.id} deleted successfully`);
      registration.isDeleted = true;
    }
    if (registration && !isGone(registration)) await expectDetails(model, real, registration);
  }
}

export class ReadDetails extends Step implements Command {
  readonly pick: number;
  readonly mode: ResultsMode;
  readonly ifNoneMatch: TagChoice;

  constructor(pick: number, mode: ResultsMode, ifNoneMatch: TagChoice) {
    super();
    this.pick = pick;
    this.mode = mode;
    this.ifNoneMatch = ifNoneMatch;
  }

  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.pick);
    const condition = chooseTag(real, registration, this.mode, this.ifNoneMatch);
    const url = `${addressOf(registration)}?results=${this.mode}`;
    const headers = condition.header === null ? {} : { 'if-none-match': condition.header };
    const answer = await real.app.inject({ url, headers });

    if (registration === null || isGone(registration)) {
      expectRefusal(answer, { code: 'registration_not_found' });
      return;
    }
    const isKnown = condition.header !== null && condition.matches(versionOf(registration));
    expect(answer.statusCode).toBe(isKnown ? 304 : 200);
    if (isKnown) expect(answer.payload).toBe('');
    await expectDetails(model, real, registration, this.mode);
  }
}

/** From page to page, or as a file, to what the details say. */
export class ReadResults extends Step implements Command {
  readonly pick: number;
  readonly status: ResultStatus | null;
  readonly limit: number;
  readonly asFile: boolean;

  constructor(pick: number, status: ResultStatus | null, limit: number, asFile: boolean) {
    super();
    this.pick = pick;
    this.status = status;
    this.limit = limit;
    this.asFile = asFile;
  }

  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.pick);
    const url = `${addressOf(registration)}/results?${this.status === null ? '' : `status=${this.status}&`}`;
    if (registration === null || isGone(registration)) {
      expectRefusal(await real.app.inject({ url }), { code: 'registration_not_found' });
      return;
    }
    const expected = expectedResults(model, real.seen, registration, 'all').filter(
      ({ status }) => this.status === null || status === this.status,
    );
    const isComplete = registration.status !== 'processing';
    const read = this.asFile ? await readFile(real, url) : await this.readPages(real, url, registration);
    expect(read).toEqual({ isComplete, results: expected });
  }

  private async readPages(real: Real, url: string, { id, status }: ModelRegistration): Promise<ReadOnce> {
    const read: ReadOnce = { isComplete: true, results: [] };
    let after: string | null = null;
    do {
      const from = after === null ? '' : `&after=${after}`;
      const page: ResultsResponse = (
        await real.app.inject({ url: `${url}limit=${this.limit}${from}` })
      ).json<ResultsResponse>();
      expect(page).toMatchObject({ id, status, pagination: { limit: this.limit } });
      expect(page.data.length).toBeLessThanOrEqual(this.limit);
      read.results.push(...page.data);
      read.isComplete &&= page.complete;
      after = page.pagination.next_cursor;
    } while (after !== null);
    return read;
  }
}

interface ReadOnce {
  isComplete: boolean;
  results: unknown[];
}

async function readFile(real: Real, url: string): Promise<ReadOnce> {
  const answer = await real.app.inject({ url: `${url}format=ndjson` });
  const lines = answer.payload.split('\n').filter(Boolean);
  return {
    isComplete: answer.headers['results-complete'] === 'true',
    results: lines.map((line) => JSON.parse(line)),
  };
}

/** Connects, and leaves when the first event has come. */
export class Watch extends Step implements Command {
  readonly pick: number;

  constructor(pick: number) {
    super();
    this.pick = pick;
  }

  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.pick);
    const url = addressOf(registration);
    if (registration === null || isGone(registration)) {
      expectRefusal(await real.app.inject({ url: `${url}/events` }), { code: 'registration_not_found' });
      return;
    }
    const answer = await real.app.inject({ url: `${url}/events`, payloadAsStream: true });
    const [text] = (await once(answer.stream(), 'data')) as [Buffer];
    answer.stream().destroy();
    const [, id, name, data] =
      /^retry: 2000\nid: (.+)\nevent: (.+)\ndata: (.+)\n\n$/.exec(String(text)) ?? [];

    const details = await real.app.inject({ url });
    expect(details.headers.etag).toBe(`"${id}.all"`);
    expect(name).toBe(registration.status === 'processing' ? 'progress' : 'end');
    const earlier = model.registrations.slice(0, model.registrations.indexOf(registration));
    expect({ ...details.json<object>(), ...JSON.parse(data ?? '') }).toEqual({
      ...details.json<object>(),
      rate: null,
      estimated_end: null,
      waiting_ahead:
        registration.status === 'processing'
          ? earlier.filter(({ status, isDeleted }) => status === 'processing' && !isDeleted).length
          : 0,
    });
  }
}

export class ReadList extends Step implements Command {
  readonly filter: Filter;
  readonly limit: number;
  readonly byCursor: boolean;

  constructor(filter: Filter, limit: number, byCursor: boolean) {
    super();
    this.filter = filter;
    this.limit = limit;
    this.byCursor = byCursor;
  }

  async run(model: Model, real: Real): Promise<void> {
    const expected = model.list(this.filter).map(summaryOf);
    let after: string | null = null;
    for (let page = 1; page <= Math.max(1, Math.ceil(expected.length / this.limit)); page += 1) {
      const from = this.byCursor ? after && { after } : { page: String(page) };
      const query = new URLSearchParams({ ...asText(this.filter), limit: String(this.limit), ...from });
      const answer: Answer = await real.app.inject({ url: `${PATH}?${query.toString()}` });
      const isLast = page * this.limit >= expected.length;
      expect(answer.json()).toEqual({
        data: expected.slice((page - 1) * this.limit, page * this.limit),
        pagination: {
          page: this.byCursor ? 1 : page,
          limit: this.limit,
          total: expected.length,
          next_cursor: isLast ? null : expect.any(String),
        },
      });
      after = answer.json<ListRegistrationsResponse>().pagination.next_cursor;
    }
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

interface Condition {
  header: string | null;
  matches(version: string): boolean;
}

function chooseTag(
  { seen }: Real,
  registration: ModelRegistration | null,
  mode: ResultsMode,
  choice: TagChoice,
): Condition {
  const tags: Tag[] = (seen.tags.get(registration?.id ?? '') ?? []).filter((tag) => tag.mode === mode);
  const chosen = choice === 'newest' ? tags.at(-1) : tags[0];
  if (choice === 'none') return { header: null, matches: () => true };
  if (choice === 'any') return { header: '*', matches: () => true };
  if (choice === 'unknown' || chosen === undefined) return { header: '"2.1.0.0"', matches: () => false };
  return { header: `"x", W/${chosen.etag}`, matches: (version) => version === chosen.version };
}

function asText(filter: Filter): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, String(value)]));
}
