import { once } from 'node:events';
import type {
  ListFilter,
  ListRegistrationsResponse,
  ResultStatus,
  ResultsMode,
  ResultsResponse,
} from '@bulk/contract';
import { BASE_PATH } from '@bulk/contract';
import { expect } from 'vitest';
import { expectDetails, expectedResults, summaryOf } from './details.ts';
import { type Model, type ModelRegistration, versionOf } from './model.ts';
import { type Answer, expectRefusal, type Real } from './real.ts';
import { addressOf, chooseTag, isGone, picked, Step, type TagChoice } from './step.ts';

export class ReadDetails extends Step<{ pick: number; mode: ResultsMode; ifNoneMatch: TagChoice }> {
  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.choice.pick);
    const condition = chooseTag(real, registration, this.choice.mode, this.choice.ifNoneMatch);
    const url = `${addressOf(registration)}?results=${this.choice.mode}`;
    const headers = condition.header === null ? {} : { 'if-none-match': condition.header };
    const answer = await real.app.inject({ url, headers });

    if (registration === null || isGone(registration)) {
      expectRefusal(answer, { code: 'registration_not_found' });
      return;
    }
    const isKnown = condition.header !== null && condition.matches(versionOf(registration));
    expect(answer.statusCode).toBe(isKnown ? 304 : 200);
    if (isKnown) expect(answer.payload).toBe('');
    await expectDetails(model, real, registration, this.choice.mode);
  }
}

/** From page to page, or as a file, to what the details say. */
export class ReadResults extends Step<{
  pick: number;
  status: ResultStatus | null;
  limit: number;
  asFile: boolean;
}> {
  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.choice.pick);
    const url = `${addressOf(registration)}/results?${this.choice.status === null ? '' : `status=${this.choice.status}&`}`;
    if (registration === null || isGone(registration)) {
      expectRefusal(await real.app.inject({ url }), { code: 'registration_not_found' });
      return;
    }
    const expected = expectedResults(model, real.seen, registration, 'all').filter(
      ({ status }) => this.choice.status === null || status === this.choice.status,
    );
    const isComplete = registration.status !== 'processing';
    const read = this.choice.asFile
      ? await readFile(real, url)
      : await this.readPages(real, url, registration);
    expect(read).toEqual({ isComplete, results: expected });
  }

  private async readPages(real: Real, url: string, { id, status }: ModelRegistration): Promise<ReadOnce> {
    const read: ReadOnce = { isComplete: true, results: [] };
    let after: string | null = null;
    do {
      const from = after === null ? '' : `&after=${after}`;
      const page: ResultsResponse = (
        await real.app.inject({ url: `${url}limit=${this.choice.limit}${from}` })
      ).json<ResultsResponse>();
      expect(page).toMatchObject({ id, status, pagination: { limit: this.choice.limit } });
      expect(page.data.length).toBeLessThanOrEqual(this.choice.limit);
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
export class Watch extends Step<{ pick: number }> {
  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.choice.pick);
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
      // 0 once an earlier watcher has seen for some seconds that nothing moves.
      rate: expect.toBeOneOf([null, 0]),
      estimated_end: null,
      waiting_ahead:
        registration.status === 'processing'
          ? earlier.filter(({ status, isDeleted }) => status === 'processing' && !isDeleted).length
          : 0,
    });
  }
}

export class ReadList extends Step<{ filter: ListFilter; limit: number; byCursor: boolean }> {
  async run(model: Model, real: Real): Promise<void> {
    const expected = model.list(this.choice.filter).map(summaryOf);
    let after: string | null = null;
    for (let page = 1; page <= Math.max(1, Math.ceil(expected.length / this.choice.limit)); page += 1) {
      const from = this.choice.byCursor ? after && { after } : { page: String(page) };
      const query = new URLSearchParams({
        ...asText(this.choice.filter),
        limit: String(this.choice.limit),
        ...from,
      });
      const answer: Answer = await real.app.inject({ url: `${BASE_PATH}?${query.toString()}` });
      const isLast = page * this.choice.limit >= expected.length;
      expect(answer.json()).toEqual({
        data: expected.slice((page - 1) * this.choice.limit, page * this.choice.limit),
        pagination: {
          page: this.choice.byCursor ? 1 : page,
          limit: this.choice.limit,
          total: expected.length,
          next_cursor: isLast ? null : expect.any(String),
          total_is_exact: true,
        },
      });
      after = answer.json<ListRegistrationsResponse>().pagination.next_cursor;
    }
  }
}

function asText(filter: ListFilter): Record<string, string> {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, String(value)]));
}
