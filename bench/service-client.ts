import { setTimeout as delay } from 'node:timers/promises';
import { BASE_PATH } from '@bulk/contract';
import type pg from 'pg';
import { Pool } from 'undici';
import { epochMs } from './clock.ts';
import type { Work } from './work.ts';

/** An accepted registration. */
export interface Accepted {
  id: string;
  /** Milliseconds since 1970, when the request was handed to the socket. */
  sentAtMs: number;
}

export interface Finished {
  /** completed_at in milliseconds since 1970. */
  atMs: number;
  successes: number;
  failures: number;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/**
 * A client of the service over HTTP. Whether something is done it asks the database, one small row:
 * polling the API would take from what is measured.
 */
export class ServiceClient {
  readonly #http: Pool;
  readonly #db: pg.Pool;
  /** The header of that name; null: requests have none. */
  authorization: string | null = null;

  constructor(baseUrl: string, db: pg.Pool) {
    this.#http = new Pool(baseUrl, { connections: 32, bodyTimeout: 120_000, headersTimeout: 120_000 });
    this.#db = db;
  }

  /** @param body the request as JSON, made beforehand: that is the client's time, not the service's */
  async submit(body: string): Promise<Accepted> {
    const sentAtMs = epochMs();
    const answer = await this.#http.request({
      method: 'POST',
      path: BASE_PATH,
      headers: {
        'content-type': 'application/json',
        ...this.#identification(),
      },
      body,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`POST was answered with ${answer.statusCode}: ${text}`);
    return { id: (JSON.parse(text) as { id: string }).id, sentAtMs };
  }

  async retryFailed(id: string): Promise<void> {
    const answer = await this.#http.request({
      method: 'PUT',
      path: `${BASE_PATH}/${id}`,
      headers: { 'content-type': 'application/json' },
      body: '{"action":"retry_failed"}',
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`PUT was answered with ${answer.statusCode}: ${text}`);
  }

  /** @returns milliseconds from the sending of the request to the end of the undo */
  async untilUndone(id: string): Promise<number> {
    const sentAtMs = epochMs();
    const answer = await this.#http.request({ method: 'POST', path: `${BASE_PATH}/${id}/undo` });
    const text = await answer.body.text();
    if (answer.statusCode !== 202)
      throw new Error(`The undo was answered with ${answer.statusCode}: ${text}`);
    return (await this.finished(id)).atMs - sentAtMs;
  }

  /** @param path below the registrations, such as `/bulk-001` or `?page=2` */
  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await this.#http.request({
      method: 'GET',
      path: `${BASE_PATH}${path}`,
      headers: { ...this.#identification(), ...headers },
    });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
  }

  /** Waits until the registration is finished. */
  async finished(id: string): Promise<Finished> {
    for (;;) {
      const { rows } = await this.#db.query<{ [Key in keyof Finished]: Finished[Key] | null }>({
        name: 'finished',
        text: `
          select
            (extract(epoch from completed_at) * 1000)::float8 as "atMs",
            success_count as successes,
            failure_count as failures
          from bulk_registrations
          where id = $1`,
        values: [Number(id.slice('bulk-'.length))],
      });
      const row = rows[0];
      if (row?.atMs != null) return row as Finished;
      await delay(POLL_MS);
    }
  }

  /** Waits until nothing is processing. @returns the latest completed_at, in milliseconds since 1970 */
  async allFinished(): Promise<number> {
    for (;;) {
      const { rows } = await this.#db.query<{ open: boolean }>(
        `select exists (select from bulk_registrations where status = 'processing') as open`,
      );
      if (rows[0]?.open === false) break;
      await delay(POLL_MS);
    }
    const { rows } = await this.#db.query<{ at: number }>(
      'select max(extract(epoch from completed_at) * 1000)::float8 as at from bulk_registrations',
    );
    return rows[0]!.at;
  }

  /**
   * @returns milliseconds from the sending of the request to completed_at
   * @throws Error unless all mentors succeed, or, where it says so, all fail as duplicates
   */
  async untilCompleted(work: Work, expected: 'successes' | 'failures' = 'successes'): Promise<number> {
    const { id, sentAtMs } = await this.submit(JSON.stringify(work));
    const finished = await this.finished(id);
    if (finished[expected] !== work.mentor_ids.length) throw new Error(`${id}: not all are ${expected}`);
    return finished.atMs - sentAtMs;
  }

  #identification(): Record<string, string> {
    return this.authorization === null ? {} : { authorization: this.authorization };
  }

  close(): Promise<void> {
    return this.#http.close();
  }
}

/** The database says when it was, so that a longer pause costs no accuracy, and takes less from what is measured. */
const POLL_MS = 25;
