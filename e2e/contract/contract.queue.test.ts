import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Service, startService } from '../service.ts';
import { runContract } from './contract-run.ts';

let service: Service;
beforeAll(async () => {
  service = await startService(inject('queueBackend'));
  await service.start('worker');
});
afterAll(() => service.close());

test('the API keeps its contract, and nothing is left of the run', async () => {
  expect(await runContract(service.url)).toEqual([]);
  const { prisma } = service.deps.db;
  expect(await Promise.all([prisma.bulkRegistration.count(), prisma.activity.count()])).toEqual([0, 0]);
});

test('the run finds a field of another type, a status that does not exist, a wrongly named field and another message', async () => {
  const proxy = await startChangingProxy((text) =>
    text
      .replaceAll(/"mentor_count":(\d+)/g, '"mentor_count":"$1"')
      .replaceAll('"status":"cancelled"', '"status":"gone"')
      .replaceAll('#/activity_date', '#/date')
      .replaceAll('deleted successfully', 'removed'),
  );
  try {
    const { port } = proxy.address() as AddressInfo;
    const wrong = (await runContract(`http://127.0.0.1:${port}`)).join('\n');
    expect(wrong).toContain('mentor_count must be integer');
    expect(wrong).toContain('must be equal to one of');
    expect(wrong).toContain('names #/date, not #/activity_date');
    expect(wrong).toContain('the delete: ');
  } finally {
    proxy.close();
  }
});

/** Passes everything on to the API, and changes what it answers. */
async function startChangingProxy(change: (text: string) => string): Promise<Server> {
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const type = request.headers['content-type'];
    const answer = await fetch(`${service.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: type ? { 'content-type': type } : {},
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    const headers: Record<string, string> = { 'content-type': answer.headers.get('content-type') ?? '' };
    const location = answer.headers.get('location');
    if (location) headers.location = location;
    response.writeHead(answer.status, headers).end(change(await answer.text()));
  };
  const proxy = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return proxy;
}
