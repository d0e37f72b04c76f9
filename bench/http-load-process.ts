import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { monotonicMs } from './clock.ts';
import { answerParent } from './helper.ts';

export interface Load {
  url: string;
  headers?: Record<string, string>;
  /** The status that every answer must have. */
  status: number;
  connections: number;
  durationMs: number;
  /** Sends a request at this interval, answered or not; left out: each connection sends the next after an answer. */
  everyMs?: number;
}

export interface LoadSeen {
  perSecond: number;
  /** Of a paced load, each request: when it was due (`monotonicMs`), and how long after that it was answered. */
  paced: Array<{ dueAtMs: number; tookMs: number }>;
}

// Sends GETs from a process of its own, so that the sender's work is not part of what is measured.
answerParent(run);

async function run(load: Load): Promise<LoadSeen> {
  const pool = new Pool(new URL(load.url).origin, { connections: load.connections });
  const { pathname: path, search } = new URL(load.url);
  const send = async () => {
    const answer = await pool.request({ method: 'GET', path: path + search, headers: load.headers ?? {} });
    await answer.body.dump();
    if (answer.statusCode !== load.status) throw new Error(`${path} was answered with ${answer.statusCode}`);
  };
  const seen = load.everyMs === undefined ? await asFastAsAnswered(load, send) : await paced(load, send);
  await pool.close();
  return seen;
}

async function asFastAsAnswered(load: Load, send: () => Promise<void>): Promise<LoadSeen> {
  const startedAt = monotonicMs();
  const until = startedAt + load.durationMs;
  let count = 0;
  const connection = async () => {
    while (monotonicMs() < until) {
      await send();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: load.connections }, connection));
  return { perSecond: count / ((monotonicMs() - startedAt) / 1_000), paced: [] };
}

/** Counts from when a request was due, so that waiting for other requests counts too. */
async function paced(load: Load, send: () => Promise<void>): Promise<LoadSeen> {
  const startedAt = monotonicMs();
  const everyMs = load.everyMs ?? 1;
  const count = Math.floor(load.durationMs / everyMs);
  const requests = Array.from({ length: count }, async (_, index) => {
    const dueAtMs = startedAt + index * everyMs;
    await delay(dueAtMs - monotonicMs());
    await send();
    return { dueAtMs, tookMs: monotonicMs() - dueAtMs };
  });
  const all = await Promise.all(requests);
  return { perSecond: count / ((monotonicMs() - startedAt) / 1_000), paced: all };
}
