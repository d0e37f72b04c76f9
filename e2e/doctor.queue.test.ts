import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { examined, startChangedAnswers, startInstallation } from '@bulk/core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { sendToRedis, startRedis } from '../scripts/lib/test-redis.mjs';

// The servers are the test's own: it changes their settings.

let installation: Awaited<ReturnType<typeof startInstallation>>;
afterAll(() => installation.stop());

const REGISTRATION = `
  insert into bulk_registrations (coordinator_id, activity_type, activity_date, duration_minutes, mentor_count,
    override_duplicates, status, failure_count, completed_at)
  values ('c', 't', '2026-01-01', 1, 1, false, 'failed', 1, now())`;

const onPostgres = () => {
  beforeAll(async () => {
    installation = await startInstallation();
  });

  test('without its tables is an error, and Redis is not asked for', async () => {
    expect(await examined(installation.env)).toEqual([]);
    expect(await examined({ ...installation.env, QUEUE_PREFIX: 'other' })).toEqual([
      ['error', 'The tables of the queue, in the schema other_queue, are missing, or of a newer release.'],
    ]);
  });
};

const onRedis = () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    const dir = await mkdtemp(join(inject('tempDir'), 'doctor-redis-'));
    redis = await startRedis({ dir, settings: ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'] });
    installation = await startInstallation({ REDIS_URL: redis.url });
  });
  afterAll(() => redis.stop());

  const send = async (command: string) => {
    const answer = await sendToRedis(redis.port, command);
    expect(answer.startsWith('-') ? `${command}: ${answer}` : '').toBe('');
  };
  const found = (settings: Record<string, string> = {}, options = {}) =>
    examined({ ...installation.env, ...settings }, options);
  const foundWith = async (name: string, value: string, usual: string) => {
    await send(`CONFIG SET ${name} ${value}`);
    const findings = await found();
    await send(`CONFIG SET ${name} ${usual}`);
    return findings;
  };

  test('that is healthy has no findings', async () => {
    expect(await found()).toEqual([]);
  });

  test('counts no connections to PostgreSQL', async () => {
    expect(await found({}, { workers: 11 })).toEqual([]);
    expect(await found({}, { workers: 12 })).toEqual([
      ['warning', expect.stringContaining('208 connections')],
    ]);
  });

  test('that evicts is an error', async () => {
    expect(await foundWith('maxmemory-policy', 'allkeys-lru', 'noeviction')).toEqual([
      ['error', 'Redis runs with maxmemory-policy allkeys-lru: when it is full, it throws jobs away.'],
    ]);
  });

  test('that is full is told of', async () => {
    expect(await foundWith('maxmemory', '100000', '0')).toEqual([
      ['error', expect.stringMatching(/^Redis uses \d{3,} % of its maxmemory/)],
    ]);
  });

  test('that is nearly full is a warning', async () => {
    await send('SETRANGE ballast 30000000 x');
    const [, used] = /used_memory:(\d+)/.exec(await sendToRedis(redis.port, 'INFO memory'))!;
    expect(await foundWith('maxmemory', (Number(used) / 0.95).toFixed(), '0')).toEqual([
      ['warning', expect.stringMatching(/^Redis uses 9\d % of its maxmemory/)],
    ]);
    await send('DEL ballast');
  });

  test('that is too old is an error', async () => {
    const [version] = /redis_version:\d/.exec(await sendToRedis(redis.port, 'INFO server'))!;
    const old = await startChangedAnswers(redis.url, { [version]: 'redis_version:5' });
    expect(await found({ REDIS_URL: old.url })).toEqual([
      ['error', expect.stringMatching(/^This is Redis 5\.[\d.]+\.$/)],
    ]);
    await old.close();
  });

  test('that hangs is an error', async () => {
    process.kill(redis.pid, 'SIGSTOP');
    const findings = await found();
    process.kill(redis.pid, 'SIGCONT');
    expect(findings).toEqual([
      ['error', expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ can't be reached: its answer took longer/)],
    ]);
  });

  test('whose disk is full is an error', async () => {
    const dir = await mkdtemp(join(inject('tempDir'), 'doctor-full-'));
    await mkdir(join(dir, 'appendonlydir'));
    // Redis writes here, and the disk has no space left.
    await symlink('/dev/full', join(dir, 'appendonlydir/appendonly.aof.1.incr.aof'));
    const full = await startRedis({
      dir,
      settings: ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'],
    });
    await sendToRedis(full.port, 'SET job 1');
    const findings = await found({ REDIS_URL: full.url });
    await full.stop();
    expect(findings).toEqual([
      ['error', `Redis at 127.0.0.1:${full.port} could not save its data, and takes no jobs.`],
    ]);
  });

  test('that writes nothing down, or rarely, is a warning', async () => {
    expect(await foundWith('appendfsync', 'no', 'everysec')).toEqual([
      ['warning', expect.stringContaining('appendfsync no')],
    ]);
    expect(await foundWith('appendonly', 'no', 'yes')).toEqual([
      ['warning', expect.stringContaining('appendonly no')],
    ]);
  });

  test('that hides its settings is a note', async () => {
    await send('ACL SETUSER default -config');
    expect(await found()).toEqual([['note', expect.stringContaining('does not let us read its settings')]]);
    await send('ACL SETUSER default +config');
  });

  test('with a clock that is off is a warning, as is that of PostgreSQL', async () => {
    expect(await found({}, { now: () => Date.now() - 3_000 })).toEqual([
      ['warning', expect.stringMatching(/^The clock of PostgreSQL is \d\.\d s ahead/)],
      ['warning', expect.stringMatching(/^The clock of Redis is \d\.\d s ahead/)],
    ]);
  });

  test('without a key of ours is a warning when there are registrations', async () => {
    await installation.query(REGISTRATION);
    expect(await found()).toEqual([
      ['warning', 'There are registrations, and Redis has no queue under {bulk}.'],
    ]);
    await send('SET {bulk}:bulk-registrations:id 1');
    expect(await found()).toEqual([]);
    expect(await found({ QUEUE_PREFIX: 'other' })).toEqual([['warning', expect.stringContaining('{other}')]]);
  });

  test('that is a replica is an error', async () => {
    await send('REPLICAOF 127.0.0.1 1');
    expect(await found()).toContainEqual(['error', 'REDIS_URL leads to a replica, which takes no jobs.']);
    await send('REPLICAOF NO ONE');
  });

  test('that lets us in only with a password, or does not answer, is an error', async () => {
    await send('ACL SETUSER default resetpass >secret');
    expect(await found()).toEqual([['error', `Redis at 127.0.0.1:${redis.port} does not let us in.`]]);
    expect(await found({ REDIS_URL: 'redis://:hunter2@127.0.0.1:1' })).toEqual([
      ['error', expect.stringMatching(/^Redis at 127\.0\.0\.1:1 can't be reached: [^@]*$/)],
    ]);
  });
};

if (inject('queueBackend') === 'redis') describe('a queue on Redis', onRedis);
else describe('a queue on PostgreSQL', onPostgres);
