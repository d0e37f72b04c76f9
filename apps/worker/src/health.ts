import { createServer, type Server } from 'node:http';
import type { Deps } from '@bulk/core';

/** /healthz: the process lives. /readyz: it reaches both PostgreSQL and the queue. */
export async function startHealthServer({ db, queue, config }: Deps, port: number): Promise<Server> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.url === '/healthz') return answer(200, { status: 'ok' });
    if (request.url !== '/readyz') return answer(404, { status: 'not found' });

    const [database, messages] = await Promise.allSettled([db.ping(), queue.ping()]);
    const ready = database.status === 'fulfilled' && messages.status === 'fulfilled';
    answer(ready ? 200 : 503, {
      status: ready ? 'ready' : 'unavailable',
      database: database.status === 'fulfilled' ? 'ok' : 'unavailable',
      queue: messages.status === 'fulfilled' ? 'ok' : 'unavailable',
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, config.host, resolve);
  });
  return server;
}
