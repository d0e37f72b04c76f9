import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { EventStream } from './event-stream.ts';

const open = (heartbeatMs = 60_000) => {
  let closed = 0;
  const stream = new EventStream({ onClose: () => closed++, heartbeatMs });
  stream.setEncoding('utf8');
  return { stream, closed: () => closed };
};

test('who reads gets every message, and then the end', async () => {
  const { stream, closed } = open();
  const received: unknown[] = [];
  stream.on('data', (message) => received.push(message));
  for (const message of ['a', 'b', 'c']) {
    const read = once(stream, 'data');
    stream.send(message);
    await read;
  }
  const ended = once(stream, 'close');
  stream.end();
  stream.send('late');
  await ended;
  expect(received).toEqual(['a', 'b', 'c']);
  expect(closed()).toBe(1);
});

test('a quiet stream beats, and one that is not being read does not pile up beats', async () => {
  const { stream } = open(1);
  const beats: unknown[] = [];
  for await (const beat of stream) {
    beats.push(beat);
    if (beats.length === 3) break;
  }
  expect(beats).toEqual(Array(3).fill(': still here\n\n'));
});

test('a reader that leaves is noticed', async () => {
  const { stream, closed } = open();
  stream.send('a');
  stream.destroy();
  await once(stream, 'close');
  expect(closed()).toBe(1);
});

test('over a real connection, whoever stops reading gets the newest message when they go on', async () => {
  const { stream } = open();
  const server = createServer((_request, response) => void stream.pipe(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await connected;

  const filler = '.'.repeat(100_000);
  const sent = 400;
  for (let n = 1; n <= sent; n++) {
    stream.send(`<${n}>${filler}`);
    await new Promise(setImmediate);
  }
  stream.end();
  let text = '';
  client.setEncoding('utf8').on('data', (chunk: unknown) => {
    text += String(chunk);
  });
  client.resume();
  await once(client, 'close');
  server.close();
  const received = [...text.matchAll(/<(\d+)>/g)].map(([, n]) => Number(n));
  expect(received.at(-1)).toBe(sent);
  expect(received.length).toBeLessThan(sent / 2);
  expect(received).toEqual(received.toSorted((a, b) => a - b));
});
