import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { retryFailed } from '../attempts/retry-failed.ts';
import { undoRegistration } from '../attempts/undo.ts';
import { executeBatchInsert } from '../batches/execute-batch-insert.ts';
import { loadConfig, type WebhookConfig } from '../config.ts';
import { batchKeyOf } from '../jobs/job.ts';
import { sweep } from '../jobs/sweep.ts';
import { cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { parseRegistrationId } from '../registrations/ids.ts';
import {
  createTestDeps,
  currentJob,
  emptyTables,
  mentors,
  runChain,
  runNextBatch,
  startWebhookEndpoint,
  submit,
  type TestDeps,
  type WebhookEndpoint,
  waitFor,
} from '../testing/index.ts';
import { backoffMs, deliverDue } from './deliver.ts';
import { claimDeliveries, findPendingDeliveries, recordAttempt } from './deliveries.ts';
import { listDeliveries } from './list-deliveries.ts';
import { redeliver } from './redeliver.ts';
import { createWebhookSender, type WebhookSender } from './sender.ts';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, it').toString('base64')}`;

const PART = Buffer.alloc(64 * 1024);

let deps: TestDeps;
let endpoint: WebhookEndpoint;
let sender: WebhookSender;
beforeAll(async () => {
  deps = await createTestDeps({
    backend: 'memory',
    settings: { WEBHOOK_URL: 'http://127.0.0.1/hook', WEBHOOK_SECRET: SECRET, WEBHOOK_ALLOW_PRIVATE: 'true' },
  });
});
afterAll(() => deps.close());
beforeEach(async () => {
  await emptyTables(deps);
  endpoint = await startWebhookEndpoint();
  sender = createWebhookSender({ url: endpoint.url, secret: SECRET, allowsPrivate: true });
});
afterEach(async () => {
  await sender.close();
  await endpoint.close();
});

const idOf = (id: string) => parseRegistrationId(id) ?? 0n;
const deliveriesOf = async (id: string) => (await listDeliveries(deps, idOf(id))).data;
const deliver = () => deliverDue(deps, sender);
const cancel = (id: string) => cancelOrDelete(deps, idOf(id), { only: 'cancel', ifMatch: null });
const makeDue = () => deps.db.prisma.$executeRaw`update webhook_deliveries set due_at = now()`;
const pendingCount = () => deps.db.prisma.webhookDelivery.count({ where: { status: 'pending' } });

let submissions = 0;
/** A registration that has ended, of an activity of its own. */
async function completed(mentorCount = 3): Promise<string> {
  submissions += 1;
  const id = await submit(deps, { mentor_ids: mentors('m', mentorCount), activity_type: `t-${submissions}` });
  await runChain(deps, id);
  return id;
}

/** As a receiver reads it. */
const opened = ({ body, headers }: WebhookEndpoint['received'][number]) =>
  new Webhook(SECRET).verify(body, headers) as {
    type: string;
    timestamp: string;
    data: { id: string; retry_count: number };
  };

describe('an event', () => {
  test('is sent for a registration that is completed, failed or cancelled, and a receiver can verify it', async () => {
    const one = await submit(deps, { mentor_ids: ['a', 'b'], activity_type: 'same' });
    await runChain(deps, one);
    const two = await submit(deps, { mentor_ids: ['a', 'b'], activity_type: 'same' });
    await runChain(deps, two);
    const three = await submit(deps);
    await cancel(three);
    await deliver();

    const fields = {
      coordinator_id: 'coord-42',
      activity_date: '2026-03-28',
      retry_count: 0,
      undone_count: 0,
      kept_count: 0,
    };
    const ofTwo = { ...fields, activity_type: 'same', mentor_count: 2 };
    const messages = endpoint.received.map(opened).toSorted((a, b) => a.data.id.localeCompare(b.data.id));
    expect(messages).toEqual([
      {
        type: 'registration.completed',
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        data: { id: one, status: 'completed', ...ofTwo, success_count: 2, failure_count: 0 },
      },
      {
        type: 'registration.failed',
        timestamp: expect.any(String),
        data: { id: two, status: 'failed', ...ofTwo, success_count: 0, failure_count: 2 },
      },
      {
        type: 'registration.cancelled',
        timestamp: expect.any(String),
        data: {
          id: three,
          status: 'cancelled',
          ...fields,
          activity_type: 'group_workshop',
          mentor_count: 4,
          success_count: 0,
          failure_count: 0,
        },
      },
    ]);
    expect(await deliveriesOf(one)).toMatchObject([
      { status: 'delivered', attempts: 1, last_http_status: 204, last_error: null, next_attempt_at: null },
    ]);
    expect(endpoint.received[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(() => new Webhook(SECRET).verify('{}', endpoint.received[0]!.headers)).toThrow();
  });

  test('is sent when a registration is undone, with the counts of undone and kept activities', async () => {
    const id = await submit(deps, { mentor_ids: ['a', 'b', 'c'] });
    await runChain(deps, id);
    await deliver();
    await deps.db.prisma.activity.updateMany({ where: { mentorId: 'c' }, data: { notes: 'seen' } });
    await undoRegistration(deps, idOf(id));
    await runChain(deps, id);
    await deliver();
    const counts = { failure_count: 0, retry_count: 0 };
    expect(endpoint.received.map(opened)).toMatchObject([
      {
        type: 'registration.completed',
        data: { ...counts, success_count: 3, undone_count: 0, kept_count: 0 },
      },
      { type: 'registration.undone', data: { ...counts, success_count: 0, undone_count: 2, kept_count: 1 } },
    ]);
  });

  test('of a cancel that waits while an undo begins does not count the undo as a retry', async () => {
    const id = await submit(deps, { mentor_ids: ['a', 'b'] });
    let cancelling: Promise<unknown> | undefined;
    await deps.db.prisma.$transaction(async (tx) => {
      await tx.$executeRaw`
        update bulk_registrations
        set attempt = 2, undo_count = 1, undo_pending = 2`;
      cancelling = cancel(id);
      await waitFor(async () => {
        const waiting = await deps.db.prisma.$queryRaw<unknown[]>`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return waiting.length > 0;
      });
    });
    await cancelling;
    await deliver();
    expect(endpoint.received.map(opened)).toMatchObject([{ data: { success_count: 2, retry_count: 0 } }]);
  });

  test('is written once, with the last batch, and again after a retry', async () => {
    await submit(deps, { mentor_ids: ['a'], activity_type: 'same' }).then((id) => runChain(deps, id));
    const id = await submit(deps, { mentor_ids: ['a', 'b'], activity_type: 'same' });
    const job = await currentJob(deps, id);
    const run = () => executeBatchInsert(deps, batchKeyOf(job, 0));
    const outcomes = await Promise.all([run(), run(), run()]);
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['superseded', 'superseded', 'written']);
    expect(await deliveriesOf(id)).toMatchObject([
      { type: 'registration.completed', status: 'pending', attempts: 0 },
    ]);

    await retryFailed(deps, idOf(id), { action: 'retry_failed' });
    await runChain(deps, id);
    await deliver();
    await deliver();
    const data = endpoint.received.map((message) => opened(message).data);
    expect(data.filter((each) => each.id === id)).toMatchObject([{ retry_count: 0 }, { retry_count: 1 }]);
  });

  test('is not written for a batch that is not the last, or is rolled back', async () => {
    const large = await submit(deps, { mentor_ids: mentors('l', 1_001), activity_type: 'large' });
    await runNextBatch(deps, large);
    expect(await deliveriesOf(large)).toEqual([]);
    await runNextBatch(deps, large);
    expect(await deliveriesOf(large)).toHaveLength(1);

    const id = await submit(deps, { mentor_ids: ['a'] });
    await cancel(id);
    const written = await deliveriesOf(id);
    const job = await currentJob(deps, id);
    expect(await executeBatchInsert(deps, batchKeyOf(job, 0))).toEqual({ kind: 'superseded' });
    await expect(cancel(id)).rejects.toMatchObject({ code: 'not_running' });
    expect(await deliveriesOf(id)).toEqual(written);
    expect(written).toHaveLength(1);
  });

  test('is not written when there is no webhook', async () => {
    const without = { ...deps, config: { ...deps.config, webhook: null } };
    const id = await submit(without);
    await runChain(without, id);
    const cancelled = await submit(without);
    await cancelOrDelete(without, idOf(cancelled), { only: 'cancel', ifMatch: null });
    expect(await deps.db.prisma.webhookDelivery.count()).toBe(0);
  });

  test('outlives its registration', async () => {
    const id = await completed();
    await cancelOrDelete(deps, idOf(id), { only: null, ifMatch: null });
    await deliver();
    expect(endpoint.received.map((message) => opened(message).data)).toMatchObject([{ id }]);
  });
});

describe('an endpoint', () => {
  test('that fails gets the same message again, later and later, with the same id', async () => {
    const id = await completed();
    endpoint.answer((response) => response.writeHead(500).end('go away'));
    await deliver();
    expect(await deliveriesOf(id)).toMatchObject([
      { status: 'pending', attempts: 1, last_http_status: 500, last_error: 'The endpoint answered 500.' },
    ]);
    await deliver();
    expect(endpoint.received).toHaveLength(1);

    await makeDue();
    endpoint.answer((response) => response.writeHead(200).end('thanks'));
    await deliver();
    const [first, second] = endpoint.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.body).toBe(first?.body);
    expect(await deliveriesOf(id)).toMatchObject([
      { id: first?.headers['webhook-id'], status: 'delivered', attempts: 2, last_error: null },
    ]);
  });

  test('that answers 410 is left alone with it at once', async () => {
    const id = await completed();
    endpoint.answer((response) => response.writeHead(410).end());
    await deliver();
    await makeDue();
    await deliver();
    expect(endpoint.received).toHaveLength(1);
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'failed', last_http_status: 410 }]);
  });

  test('that redirects is not followed', async () => {
    const elsewhere = await startWebhookEndpoint();
    const id = await completed();
    endpoint.answer((response) => response.writeHead(307, { location: elsewhere.url }).end());
    await deliver();
    expect(elsewhere.connectionCount()).toBe(0);
    expect(await deliveriesOf(id)).toMatchObject([
      { status: 'pending', last_error: 'The endpoint answered 307; redirects are not followed.' },
    ]);
    await elsewhere.close();
  });

  test.each([
    ['10 MB', { 'content-length': String(160 * PART.length) }, 160],
    ['without end', {}, Number.POSITIVE_INFINITY],
  ])('that answers %s is not heard to the end', async (_, headers, parts) => {
    const id = await completed();
    let sent = 0;
    function* answer() {
      for (; sent < parts; sent += 1) yield PART;
    }
    const cut: Promise<unknown>[] = [];
    endpoint.answer((response) => {
      response.writeHead(200, headers);
      cut.push(pipeline(Readable.from(answer()), response).catch((error: Error) => error.message));
    });
    const startedAt = performance.now();
    await deliver();
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    expect(await Promise.all(cut)).toEqual([expect.stringContaining('Premature close')]);
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'delivered', last_http_status: 200 }]);
  });

  test('that never answers, or never ends its answer, is given ten seconds', async () => {
    const silent = await completed();
    endpoint.answer(() => {});
    const startedAt = performance.now();
    await deliver();
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(await deliveriesOf(silent)).toMatchObject([
      {
        status: 'pending',
        last_http_status: null,
        last_error: 'The endpoint did not answer within 10 seconds.',
      },
    ]);

    const endless = await completed();
    endpoint.answer((response) => response.writeHead(200).write('a'));
    await deliver();
    expect(performance.now() - startedAt).toBeLessThan(60_000);
    expect(await deliveriesOf(endless)).toMatchObject([{ status: 'delivered' }]);
  });

  test('that is away, or ends the connection, is tried again', async () => {
    const id = await completed();
    endpoint.answer((response) => response.destroy());
    await deliver();
    const failure = {
      status: 'pending',
      last_http_status: null,
      last_error: 'The connection to the endpoint failed.',
    };
    expect(await deliveriesOf(id)).toMatchObject([{ ...failure, attempts: 1 }]);
    await endpoint.close();
    await makeDue();
    await deliver();
    expect(await deliveriesOf(id)).toMatchObject([{ ...failure, attempts: 2 }]);
  });

  test('is given up after 24 hours, and gets the event again when somebody asks for it', async () => {
    const id = await completed();
    endpoint.answer((response) => response.writeHead(503).end());
    await deps.db.prisma.$executeRaw`update webhook_deliveries set expires_at = now()`;
    await deliver();
    const [given] = await deliveriesOf(id);
    expect(given).toMatchObject({ status: 'failed', next_attempt_at: null, finished_at: expect.any(String) });

    endpoint.answer((response) => response.writeHead(204).end());
    expect(await redeliver(deps, idOf(id), given!.id)).toMatchObject({
      id: given?.id,
      status: 'pending',
      attempts: 0,
    });
    await deliver();
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
    const ids = new Set(endpoint.received.map(({ headers }) => headers['webhook-id']));
    expect(ids).toEqual(new Set([given?.id]));
  });
});

const LATE = { status: 'failed', httpStatus: 410, error: 'late', retryInMs: 0 } as const;

describe('several workers', () => {
  test('deliver each event once', async () => {
    const ids = await Promise.all(Array.from({ length: 60 }, () => completed(1)));
    const work = async () => {
      while ((await pendingCount()) > 0) await deliver();
    };
    await Promise.all([work(), work(), work()]);
    const sent = endpoint.received.map((message) => opened(message).data.id);
    expect(sent.toSorted()).toEqual(ids.toSorted());
  });

  test('keep the order of the events of a registration, also over a failure', async () => {
    await submit(deps, { mentor_ids: ['a'], activity_type: 'same' }).then((id) => runChain(deps, id));
    await deliver();
    const id = await submit(deps, { mentor_ids: ['a'], activity_type: 'same' });
    await runChain(deps, id);
    for (let retry = 0; retry < 3; retry += 1) {
      await retryFailed(deps, idOf(id), { action: 'retry_failed' });
      await runChain(deps, id);
    }
    endpoint.received.length = 0;
    let count = 0;
    endpoint.answer((response) => {
      count += 1;
      response.writeHead(count % 2 === 1 ? 500 : 204).end();
    });
    while ((await pendingCount()) > 0) {
      await Promise.all([deliver(), deliver()]);
      await makeDue();
    }
    const order = endpoint.received.map((message) => opened(message).data.retry_count);
    expect(order).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  test('take over what a dead one had, when its lease is over, and not what it says later', async () => {
    const id = await completed();
    const [dead] = await claimDeliveries(deps.db.prisma, { limit: 10, leaseMs: 60_000 });
    await deliver();
    expect(endpoint.received).toHaveLength(0);
    await makeDue();
    await deliver();
    expect(endpoint.received).toHaveLength(1);
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
    expect(await recordAttempt(deps.db.prisma, dead!, LATE)).toBeNull();
  });

  test('do not believe one whose lease is over, while another sends', async () => {
    const id = await completed();
    const claim = () => claimDeliveries(deps.db.prisma, { limit: 10, leaseMs: 60_000 });
    const [slow] = await claim();
    await makeDue();
    const [next] = await claim();
    expect(await recordAttempt(deps.db.prisma, slow!, LATE)).toBeNull();
    const [before] = await deliveriesOf(id);
    await redeliver(deps, idOf(id), before!.id);
    expect(await recordAttempt(deps.db.prisma, next!, { ...LATE, status: 'delivered' })).toBeNull();
    await deliver();
    expect(endpoint.received).toHaveLength(1);
  });
});

describe('the private network', () => {
  const refusing = (url: string): WebhookConfig => ({ url, secret: SECRET, allowsPrivate: false });

  test('is not reached by a number or by a name', async () => {
    const { port } = new URL(endpoint.url);
    for (const host of [
      '127.0.0.1',
      'localhost',
      '0x7f.1',
      '2130706433',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
    ]) {
      const guarded = createWebhookSender(refusing(`http://${host}:${port}/hook`));
      expect([host, await guarded.send({ id: 'msg_1', body: '{}' })]).toEqual([
        host,
        {
          kind: 'failed',
          httpStatus: null,
          error: 'The address of the endpoint is inside the private network.',
        },
      ]);
      await guarded.close();
    }
    expect(endpoint.connectionCount()).toBe(0);
  });
});

test('the secret and the address are in no log line', async () => {
  const output = new PassThrough();
  let logged = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    logged += text;
  });
  const config = loadConfig({ ...deps.env, WEBHOOK_URL: `${endpoint.url}?token=hunter2` });
  const loud = { ...deps, config, log: pino({ level: 'trace' }, output) };
  const talking = createWebhookSender(config.webhook!);
  await completed();
  for (const status of [500, 302, 410]) {
    endpoint.answer((response) => response.writeHead(status).end(SECRET));
    await makeDue();
    await deliverDue(loud, talking);
  }
  await talking.close();
  expect(endpoint.received).toHaveLength(3);
  expect(logged).toContain('event given up');
  expect(logged).not.toContain('hunter2');
  expect(logged).not.toContain(SECRET.slice(6));
  expect(logged).not.toContain(Buffer.from(SECRET.slice(6), 'base64').toString());
  expect(
    JSON.stringify(
      await deps.db.prisma.webhookDelivery.findMany({ select: { data: true, lastError: true } }),
    ),
  ).not.toContain('whsec');
});

test('the pause after a failed attempt doubles, up to an hour', () => {
  const within = (attempts: number, ms: number) => {
    for (let n = 0; n < 100; n += 1) {
      const pause = backoffMs(attempts);
      expect(pause).toBeGreaterThanOrEqual(0.75 * ms);
      expect(pause).toBeLessThanOrEqual(1.25 * ms);
      expect(Number.isInteger(pause)).toBe(true);
    }
  };
  within(1, 5_000);
  within(2, 10_000);
  within(10, 2_560_000);
  within(11, 3_600_000);
  within(1_000, 3_600_000);
});

test('the sweeper deletes deliveries a week after their end', async () => {
  const [old, young] = [await completed(), await completed()];
  await deliver();
  await deps.db.prisma.$executeRaw`
    update webhook_deliveries
    set finished_at = now() - interval '7 days 1 minute'
    where registration_id = ${idOf(old)}`;
  const pending = await completed();
  await sweep(deps, new AbortController().signal);
  expect(await deliveriesOf(old)).toEqual([]);
  expect(await deliveriesOf(young)).toHaveLength(1);
  expect(await deliveriesOf(pending)).toHaveLength(1);
});

test('metrics count each attempt by its outcome', async () => {
  const counted = async () => {
    const { values } = await deps.metrics.webhookAttempts.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
  };
  const before = await counted();
  await completed();
  endpoint.answer((response) => response.writeHead(500).end());
  await deliver();
  expect(await findPendingDeliveries(deps.db.prisma)).toEqual({
    count: 1,
    oldestSeconds: expect.any(Number),
  });
  await deps.db.prisma.$executeRaw`update webhook_deliveries set due_at = now(), expires_at = now()`;
  await deliver();
  await completed();
  endpoint.answer((response) => response.writeHead(204).end());
  await deliver();

  const after = await counted();
  for (const outcome of ['error', 'given_up', 'delivered'])
    expect([outcome, (after[outcome] ?? 0) - (before[outcome] ?? 0)]).toEqual([outcome, 1]);
  expect(await findPendingDeliveries(deps.db.prisma)).toEqual({ count: 0, oldestSeconds: 0 });
});
