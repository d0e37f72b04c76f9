import { findFreePort } from '@bulk/embedded';
import { startHelper } from '../helper.ts';
import type { World } from '../world.ts';

/**
 * Fastify with one route that sends what one indexed select by pg finds, in a process of its own.
 * @returns its base URL
 */
export async function bareFastify(world: World, databaseUrl: string): Promise<string> {
  const port = await findFreePort();
  const helper = await startHelper('peers/bare-fastify-server.ts', [databaseUrl, String(port)]);
  world.defer(helper.stop);
  return `http://127.0.0.1:${port}`;
}
