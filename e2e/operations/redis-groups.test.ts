import { mentors, registrationRequest, waitFor } from '@bulk/core/testing';
import { afterEach, expect, test } from 'vitest';
import { type Service, startService } from '../service.ts';
import { type RedisGroup, startCluster, startSentinelGroup } from './redis-groups.ts';

let group: RedisGroup;
let service: Service;
afterEach(async () => {
  await service.close();
  await group.stop();
});

async function startOn(started: RedisGroup): Promise<void> {
  group = started;
  service = await startService('redis', { REDIS_URL: group.url, JOB_LOCK_MS: '1500' });
  await Promise.all([service.start('worker'), service.start('worker')]);
}

const submit = (prefix: string, count: number) =>
  service.submit(registrationRequest({ mentor_ids: mentors(prefix, count) }));

const hasBegun = (id: string) => waitFor(async () => (await service.details(id)).success_count > 0);

const completed = (count: number) => ({ status: 'completed', success_count: count, failure_count: 0 });

test('on a Redis Cluster, a master that is lost with its jobs delays registrations and loses none', async () => {
  await startOn(await startCluster());
  const large = await submit('large', 60_000);
  await hasBegun(large);
  for (const member of group.members) {
    await member.kill();
    await member.start();
  }
  const small = await submit('small', 5);
  expect(await service.finished(small)).toMatchObject(completed(5));
  expect(await service.finished(large)).toMatchObject(completed(60_000));
});

test('when Sentinel promotes a replica, processes find the new master, and no registration is lost', async () => {
  await startOn(await startSentinelGroup());
  const large = await submit('large', 60_000);
  await hasBegun(large);
  const [master, replica] = group.members;
  await master?.kill();
  const meanwhile = await submit('meanwhile', 5);
  await waitFor(async () => (await replica?.send('INFO replication'))?.includes('role:master'));
  expect(await service.finished(meanwhile)).toMatchObject(completed(5));
  expect(await service.finished(large)).toMatchObject(completed(60_000));
});
