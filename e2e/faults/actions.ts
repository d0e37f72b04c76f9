import type { RegistrationDetails } from '@bulk/contract';
import { type Call, call, type Outcome } from './client.ts';
import { type Entry, type Journal, type MarkedRequest, objection, type Seen } from './journal.ts';

export interface ActionsOptions {
  baseUrl: string;
  journal: Journal;
  /** Activities of a registration, from the database itself; rejects while that is away. */
  countActivities(id: string): Promise<number>;
}

/** What a client can do. Each call is noted in the journal, and so is each impossible answer. */
export class Actions {
  readonly #options: ActionsOptions;

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  async submit(request: MarkedRequest): Promise<Entry> {
    const { journal } = this.#options;
    const entry = journal.open(request);
    const outcome = await this.#post(entry);
    if (outcome.kind === 'not-sent' || statusOf(outcome) === 400) entry.fate = 'refused';
    if (outcome.kind === 'answer' && outcome.status === 202) {
      journal.slowestSubmitMs = Math.max(journal.slowestSubmitMs, outcome.ms);
    }
    return entry;
  }

  /** The same request with the same Idempotency-Key: there must be one registration in the end. */
  async submitAgain(entry: Entry): Promise<void> {
    const { fate, id } = entry;
    await this.#post(entry);
    if (fate === 'accepted' && entry.id !== id) {
      this.#options.journal.breaks(`${id} was submitted again and became ${entry.id}`);
    }
  }

  async #post(entry: Entry): Promise<Outcome> {
    const headers = { 'idempotency-key': entry.request.notes };
    const outcome = await this.#call('submit', { method: 'POST', body: entry.request, headers });
    if (outcome.kind === 'answer' && outcome.status === 202) {
      entry.fate = 'accepted';
      entry.id = (outcome.body as { id: string }).id;
    }
    return outcome;
  }

  /** Reads the details, sometimes with all results, and compares them with what was read before. */
  async read(entry: Entry, { withResults = false } = {}): Promise<RegistrationDetails | null> {
    if (entry.isBeingRead) return null;
    entry.isBeingRead = true;
    const known = withResults ? null : (entry.seen?.etag ?? null);
    const outcome = await this.#call('read', {
      method: 'GET',
      path: `/${entry.id}?results=${withResults ? 'all' : 'none'}`,
      ...(known && { headers: { 'if-none-match': known } }),
    });
    entry.isBeingRead = false;
    if (outcome.kind !== 'answer') return null;
    if (outcome.status === 404 && entry.deletion === 'none') {
      this.#options.journal.breaks(`${entry.id} was accepted, and then not found`);
    }
    if (outcome.status !== 200) return null;
    const details = outcome.body as RegistrationDetails;
    this.#compare(entry, details, outcome.headers.get('etag') ?? '');
    return details;
  }

  async retry(entry: Entry, overrideDuplicates?: boolean): Promise<number | null> {
    const outcome = await this.#call('retry', {
      method: 'PUT',
      path: `/${entry.id}`,
      body: {
        action: 'retry_failed',
        ...(overrideDuplicates !== undefined && { override_duplicates: overrideDuplicates }),
      },
    });
    if (statusOf(outcome) === 202) entry.acceptedRetries += 1;
    else if (isUnknown(outcome)) entry.unknownRetries += 1;
    return statusOf(outcome);
  }

  async undo(entry: Entry): Promise<number | null> {
    entry.undosUnderWay += 1;
    const outcome = await this.#call('undo', { method: 'POST', path: `/${entry.id}/undo` });
    entry.undosUnderWay -= 1;
    if (statusOf(outcome) === 202) entry.acceptedUndos += 1;
    else if (isUnknown(outcome)) entry.unknownUndos += 1;
    return statusOf(outcome);
  }

  async cancel(entry: Entry): Promise<number | null> {
    const outcome = await this.#call('cancel', { method: 'DELETE', path: `/${entry.id}?only=cancel` });
    if (isUnknown(outcome)) entry.isCancelUnknown = true;
    if (statusOf(outcome) === 200) await this.#noteCancelled(entry);
    return statusOf(outcome);
  }

  /** DELETE in its plain form: cancels what is processing, deletes what is not. */
  async remove(entry: Entry): Promise<number | null> {
    entry.deletion = 'begun';
    const outcome = await this.#call('delete', { method: 'DELETE', path: `/${entry.id}` });
    if (isUnknown(outcome)) entry.isCancelUnknown = true;
    else if (entry.deletion === 'begun') entry.deletion = 'none';
    if (outcome.kind !== 'answer' || outcome.status !== 200) return statusOf(outcome);
    const { message } = outcome.body as { message: string };
    if (message.endsWith('deleted successfully')) entry.deletion = 'done';
    else await this.#noteCancelled(entry);
    return 200;
  }

  /** Counts activities after the answer; the count at the end must be the same. */
  async #noteCancelled(entry: Entry): Promise<void> {
    entry.cancelled = { activities: null };
    const activities = await this.#options.countActivities(entry.id!).catch(() => null);
    entry.cancelled = { activities };
  }

  async #call(what: string, request: Call): Promise<Outcome> {
    const { journal, baseUrl } = this.#options;
    const outcome = await call(baseUrl, request);
    journal.count(`${what} ${outcome.kind === 'answer' ? outcome.status : outcome.kind}`);
    if (outcome.kind !== 'answer') return outcome;
    const { status, headers } = outcome;
    if (status >= 500 && status !== 503)
      journal.breaks(`${what} was answered ${status}: ${JSON.stringify(outcome.body)}`);
    if (status === 503 && !headers.has('retry-after')) journal.breaks(`${what}: a 503 without Retry-After`);
    return outcome;
  }

  #compare(entry: Entry, details: RegistrationDetails, etag: string): void {
    const { journal } = this.#options;
    const now: Seen = {
      etag,
      status: details.status,
      retryCount: details.retry_count,
      undoCount: details.history.filter(({ action }) => action === 'undone').length,
      successes: details.success_count,
      failures: details.failure_count,
      undone: details.undone_count,
    };
    const objected = objection(entry.seen, now);
    if (objected !== null) journal.breaks(`${entry.id}: ${objected}`);
    entry.seen = now;
    if (details.results.length === 0) return;
    const listed = (status: string) => details.results.filter((result) => result.status === status).length;
    const isCounted =
      listed('success') === now.successes &&
      listed('failed') === now.failures &&
      listed('undone') === now.undone;
    if (!isCounted) {
      journal.breaks(`${entry.id}: counts and results of one answer differ`);
    }
  }
}

function statusOf(outcome: Outcome): number | null {
  return outcome.kind === 'answer' ? outcome.status : null;
}

/** A 503 too: the database may have done it, and its reply may have been lost. */
function isUnknown(outcome: Outcome): boolean {
  return outcome.kind === 'unknown' || (outcome.kind === 'answer' && outcome.status >= 500);
}
