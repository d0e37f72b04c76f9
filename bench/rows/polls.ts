import { setTimeout as delay } from 'node:timers/promises';
import { BASE_PATH } from '@bulk/contract';
import { findFreePort } from '@bulk/embedded';
import { monotonicMs } from '../clock.ts';
import { startHelper } from '../helper.ts';
import type { Load, LoadSeen } from '../http-load-process.ts';
import type { Installation } from '../installation.ts';
import { inTurn, percentile } from '../measure.ts';
import { atLeast, atMost, compared, type Family, figure } from '../row.ts';
import { newWork } from '../work.ts';

const CONNECTIONS = 16;
const WINDOW_MS = 2_000;

/** Polls of clients that have seen the last state: the answer is 304. */
export const polls: Family = {
  name: 'polls',
  async measure(world) {
    const installation = await world.install();
    const port = await findFreePort();
    const bare = await startHelper('peers/bare-fastify-server.ts', [installation.databaseUrl, String(port)]);
    world.defer(bare.stop);
    const load = await startHelper<Load, LoadSeen>('http-load-process.ts');
    world.defer(load.stop);
    const poll = await finishedPoll(installation);
    const rateOf = async (request: Pick<Load, 'url' | 'headers' | 'status'>) =>
      (await load.ask({ ...request, connections: CONNECTIONS, durationMs: WINDOW_MS })).perSecond;

    const { ours, theirs } = await inTurn(
      {
        ours: () => rateOf(poll),
        theirs: () => rateOf({ url: `http://127.0.0.1:${port}/registrations/1`, status: 200 }),
      },
      { rounds: 5 },
    );
    const what = 'GET with If-None-Match, 16 connections';
    return [compared(what, 'polls/s', ours, 'bare Fastify, one select', theirs, atLeast(0.6))];
  },
};

const POSTS = 10;
const POLL_EVERY_MS = 5;

/** How long others wait while the one thread that answers parses and checks 100,000 mentors. */
export const parsing: Family = {
  name: 'parsing',
  async measure(world) {
    const installation = await world.install();
    const load = await startHelper<Load, LoadSeen>('http-load-process.ts');
    world.defer(load.stop);
    const poll = await finishedPoll(installation);
    const { client } = installation;
    await client.untilCompleted(newWork(100_000));

    const tookMs: number[] = [];
    for (let post = 0; post < POSTS; post += 1) {
      const body = JSON.stringify(newWork(100_000));
      const paced = load.ask({ ...poll, connections: 64, durationMs: 1_500, everyMs: POLL_EVERY_MS });
      await delay(300);
      const from = monotonicMs();
      const { id } = await client.submit(body);
      const to = monotonicMs();
      for (const each of (await paced).paced) {
        if (each.dueAtMs >= from && each.dueAtMs <= to) tookMs.push(each.tookMs);
      }
      await client.finished(id);
    }
    const what = 'polls while a POST of 100,000 is received, checked and stored, p99';
    return [figure(what, 'ms', [percentile(tookMs, 99)], atMost(250))];
  },
};

export async function finishedPoll({ client, baseUrl }: Installation) {
  const { id } = await client.submit(JSON.stringify(newWork(8)));
  await client.finished(id);
  const { headers } = await client.get(`/${id}`);
  return {
    url: `${baseUrl}${BASE_PATH}/${id}`,
    headers: { 'if-none-match': String(headers.etag) },
    status: 304,
  };
}
