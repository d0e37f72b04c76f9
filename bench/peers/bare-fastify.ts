import { findFreePort } from '@bulk/embedded';
import { startHelper } from '../helper.ts';

export interface BareFastify {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/** Fastify with one route that sends what one indexed select by pg finds, in a process of its own. */
export async function bareFastify(databaseUrl: string): Promise<BareFastify> {
  const port = await findFreePort();
  const helper = await startHelper('peers/bare-fastify-server.ts', [databaseUrl, String(port)]);
  return { baseUrl: `http://127.0.0.1:${port}`, stop: () => helper.stop() };
}
