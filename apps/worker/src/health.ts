import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Deps } from '@bulk/core';

/** /healthz: the process lives. /readyz: it reaches both PostgreSQL and the queue. */
export async function startHealthServer(deps: Deps, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/healthz') answer(response, 200, { status: 'ok' });
    else if (request.url === '/readyz') void answerReadiness(deps, response);
    else answer(response, 404, { status: 'not found' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, deps.config.host, resolve);
  });
  return server;
}

async function answerReadiness({ db, queue }: Deps, response: ServerResponse): Promise<void> {
  const [database, queueState] = await Promise.all([db.ping(), queue.ping()].map(stateOf));
  const ready = database === 'ok' && queueState === 'ok';
  answer(response, ready ? 200 : 503, {
    status: ready ? 'ready' : 'unavailable',
    database,
    queue: queueState,
  });
}

function stateOf(ping: Promise<void>): Promise<'ok' | 'unavailable'> {
  return ping.then(
    () => 'ok',
    () => 'unavailable',
  );
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
