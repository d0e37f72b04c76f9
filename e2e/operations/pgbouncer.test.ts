import { mentors, registrationRequest, waitFor } from '@bulk/core/testing';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Service, startService } from '../service.ts';
import { type PgBouncer, startPgBouncer } from './pgbouncer.ts';

let pooler: PgBouncer;
let service: Service;
beforeEach(async () => {
  pooler = await startPgBouncer(inject('postgresUrl'));
  service = await startService(
    'redis',
    { JOB_LOCK_MS: '1500', DATABASE_PREPARED_STATEMENTS: 'false' },
    (databaseUrl) => pooler.through(databaseUrl),
  );
  await Promise.all([service.start('worker'), service.start('worker')]);
});
afterEach(async () => {
  await service.close();
  await pooler.stop();
});

test('behind PgBouncer in transaction mode, registrations complete, also when it is restarted', async () => {
  const request = registrationRequest({ mentor_ids: mentors('m', 60_000) });
  const large = await service.submit(request);
  await waitFor(async () => (await service.details(large)).success_count >= 2_000);
  await pooler.restart();
  await waitFor(async () => (await fetch(`${service.url}/readyz`)).ok);
  const duplicates = await service.submit(registrationRequest({ mentor_ids: mentors('m', 2_000) }));
  expect(await service.finished(large)).toMatchObject({ status: 'completed' });
  expect(await service.finished(duplicates)).toMatchObject({ status: 'failed' });
  const { success_count: large_count } = await service.details(large);
  const { success_count: duplicate_count } = await service.details(duplicates);
  expect(large_count + duplicate_count).toBe(60_000);
});
