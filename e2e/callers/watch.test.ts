import {
  ApiProblem,
  type BulkClient,
  createClient,
  type RegistrationState,
  ServiceUnreachable,
} from '@bulk/client';
import { mentors, registrationRequest, waitFor } from '@bulk/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { TcpProxy } from '../faults/tcp-proxy.ts';
import { httpTap, type Method } from './http-tap.ts';
import { type InProcessService, startInProcess } from './in-process-service.ts';

let service: InProcessService;
let client: BulkClient;
let proxy: TcpProxy<Method>;
let throughProxy: BulkClient;
beforeAll(async () => {
  service = await startInProcess();
});
afterAll(() => service.close());
beforeEach(async () => {
  proxy = await TcpProxy.between(Number(new URL(service.url).port), httpTap);
  client = createClient({ baseUrl: service.url });
  throughProxy = createClient({ baseUrl: `http://127.0.0.1:${proxy.port}` });
});
afterEach(() => proxy.close());

let created = 0;
/** Each on a type of its own, so that nobody is a duplicate. */
async function create(count = 2_500): Promise<string> {
  created += 1;
  const fields = { activity_type: `type-${created}`, mentor_ids: mentors('m', count) };
  return (await client.create(registrationRequest(fields))).id;
}

/** Polling does not know it. */
const isStreamed = ({ waiting_ahead }: RegistrationState) => waiting_ahead !== null;

/** Follows to the end; from the first state on, does meanwhile what is due then. */
async function followed(
  states: AsyncIterable<RegistrationState>,
  onFirst: () => Promise<unknown> = async () => {},
): Promise<RegistrationState[]> {
  const seen: RegistrationState[] = [];
  let done: Promise<unknown> = Promise.resolve();
  for await (const state of states) {
    seen.push(state);
    if (seen.length === 1) done = onFirst();
  }
  await done;
  return seen;
}

/** Answers requests for events so, one after the other, and passes everything else on. */
function withEvents(...answers: (() => Response)[]) {
  const asked: Headers[] = [];
  const watching = createClient({
    baseUrl: service.url,
    fetch: async (input, init) => {
      if (typeof input !== 'string' || !input.endsWith('/events')) return fetch(input, init);
      asked.push(new Headers(init?.headers));
      return answers.shift()?.() ?? fetch(input, init);
    },
  });
  return { watching, asked };
}
const stream = (text: string) => () =>
  new Response(text, { headers: { 'content-type': 'text/event-stream' } });

test('the stream is followed to the final state', async () => {
  const id = await create();
  const seen = await followed(client.watch(id), () => service.work(id));
  expect(seen[0]).toMatchObject({ id, status: 'processing', progress: { processed: 0, percent: 0 } });
  expect(seen.at(-1)).toMatchObject({
    status: 'completed',
    success_count: 2_500,
    progress: { percent: 100 },
  });
  expect(seen.every(isStreamed)).toBe(true);
});

test('what is finished is one state', async () => {
  const id = await create(2);
  await service.work(id);
  expect(await followed(client.watch(id))).toMatchObject([{ status: 'completed' }]);
});

test('what is not there is said so', async () => {
  await expect(followed(client.watch('bulk-999'))).rejects.toMatchObject({
    status: 404,
    code: 'registration_not_found',
  });
});

test('a restart of the server is a pause, and the stream goes on behind it', async () => {
  const id = await create();
  const { watching, asked } = withEvents();
  const interruptions: Error[] = [];
  const onInterruption = ({ error }: { error: Error }) => void interruptions.push(error);
  const seen = await followed(watching.watch(id, { onInterruption }), async () => {
    await service.workABit(id);
    await service.stop();
    await waitFor(() => interruptions.length > 0);
    await service.start();
    await service.work(id);
  });
  expect(interruptions[0]).toBeInstanceOf(ServiceUnreachable);
  expect(seen.at(-1)).toMatchObject({ status: 'completed', success_count: 2_500 });
  expect(seen.every(isStreamed)).toBe(true);
  expect(asked[0]?.has('last-event-id')).toBe(false);
  expect(asked.at(-1)?.get('last-event-id')).toMatch(/\S/);
});

test('a connection that is cut is made again', async () => {
  const id = await create();
  const seen = await followed(throughProxy.watch(id), async () => {
    proxy.reset();
    await service.work(id);
  });
  expect(seen.at(-1)).toMatchObject({ status: 'completed' });
  expect(seen.every(isStreamed)).toBe(true);
});

test.each([
  [
    'a page instead of the stream',
    () => new Response('<p>Hello</p>', { headers: { 'content-type': 'text/html' } }),
  ],
  ['a gateway that does not know the address', () => new Response('not found', { status: 404 })],
])('%s: polled to the end', async (_, answer) => {
  const id = await create();
  const { watching, asked } = withEvents(answer);
  const seen = await followed(watching.watch(id), () => service.workABit(id).then(() => service.work(id)));
  expect(seen.at(-1)).toMatchObject({
    status: 'completed',
    success_count: 2_500,
    rate: null,
    waiting_ahead: null,
  });
  expect(asked).toHaveLength(1);
});

test.each([503, 429])('no room for one more watcher (%i): polled until there may be', async (status) => {
  const id = await create();
  const full = () => new Response('full', { status, headers: { 'retry-after': '0' } });
  const { watching } = withEvents(full);
  const seen = await followed(watching.watch(id), () => service.work(id));
  expect(isStreamed(seen[0] as RegistrationState)).toBe(false);
  expect(seen.at(-1)).toMatchObject({ status: 'completed' });
  expect(isStreamed(seen.at(-1) as RegistrationState)).toBe(true);
});

test('a stream that was closed before the end is opened again, not before the time it asks for', async () => {
  const id = await create(2);
  const { watching, asked } = withEvents(stream('retry: 1\n\n: nothing yet\n\n'));
  await service.work(id);
  expect(await followed(watching.watch(id))).toMatchObject([{ status: 'completed' }]);
  expect(asked).toHaveLength(2);
});

test('deleted meanwhile is as not found', async () => {
  const { watching } = withEvents(stream('event: gone\ndata: {"id":"bulk-001"}\n\n'));
  const error = await followed(watching.watch(await create())).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  expect(error).toMatchObject({ status: 404, code: 'registration_not_found' });
});

test('nothing new to tell: the final state is read', async () => {
  const id = await create(2);
  await service.work(id);
  const { watching } = withEvents(() => new Response(null, { status: 204 }));
  expect(await followed(watching.watch(id))).toMatchObject([{ status: 'completed' }]);
});

test('a service that stays away is given up when patience is at its end', async () => {
  const id = await create();
  const interruptions: Error[] = [];
  const watching = followed(
    throughProxy.watch(id, {
      patienceMs: 300,
      onInterruption: ({ error }) => void interruptions.push(error),
    }),
    () => proxy.goDown(),
  );
  await expect(watching).rejects.toBeInstanceOf(ServiceUnreachable);
  expect(interruptions.length).toBeGreaterThan(0);
  await proxy.comeUp();
});

test('an aborted watch ends with the reason, and leaves no connection', async () => {
  const id = await create();
  const controller = new AbortController();
  const watching = followed(client.watch(id, { signal: controller.signal }), async () =>
    controller.abort(new Error('enough')),
  );
  await expect(watching).rejects.toThrow('enough');
});

test('a loop that is left ends the watch', async () => {
  const id = await create();
  for await (const state of client.watch(id)) {
    expect(state.status).toBe('processing');
    break;
  }
  await service.work(id);
});
