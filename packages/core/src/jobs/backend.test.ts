import type pg from 'pg';
import { expect, test } from 'vitest';
import { startFreezableServer } from '../testing/freezable-server.ts';
import { createTestDeps, waitFor } from '../testing/index.ts';
import { openQueue } from './backend.ts';

test('on PostgreSQL a connection that is cut while no query runs on it does not end the process', async () => {
  const deps = await createTestDeps();
  const server = await startFreezableServer(deps.config.databaseUrl);
  const queue = openQueue({ ...deps.config, databaseUrl: server.url }, 'first');
  queue.on('error', () => {});
  await queue.getJobCounts();
  const { backend } = queue as unknown as { backend: { connection: { pool: pg.Pool } } };
  const connection = await backend.connection.pool.connect();
  const ended = new Promise((resolve) => connection.once('end', resolve));
  server.reset();
  await ended;
  connection.release();
  expect(await waitFor(() => queue.getJobCounts())).toMatchObject({ waiting: 0 });
  await queue.close();
  await server.close();
  await deps.close();
});
