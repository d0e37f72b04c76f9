import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, migrate } from '@bulk/core';
import { openPatientDatabase } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { Actions } from '../faults/actions.ts';
import { Journal } from '../faults/journal.ts';
import { QUICK_SETTINGS } from '../faults/plan.ts';
import { countActivities, makeSomeMentorsBad } from '../faults/world.ts';
import { startPgBouncer } from '../operations/pgbouncer.ts';
import type { RedisGroup } from '../operations/redis-groups.ts';
import { type ServiceProcess, startProcess } from '../processes.ts';
import { startNginx } from './nginx.ts';
import { startPostgresPair } from './postgres-pair.ts';

const APIS = ['api-1', 'api-2'];
const WORKERS = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];
const PROCESSES = [...APIS, ...WORKERS];

export type Installation = Awaited<ReturnType<typeof install>>;

/**
 * An installation for more than one machine: two API processes behind nginx, four workers, a group of Redis servers,
 * PgBouncer, and PostgreSQL with a standby.
 */
export async function install(dir: string, redis: RedisGroup) {
  mkdirSync(dir);
  const pair = await startPostgresPair(dir, async (url) => {
    await migrate(loadConfig({ DATABASE_URL: url, REDIS_URL: redis.url }));
    const db = openPatientDatabase(url);
    await makeSomeMentorsBad(db);
    await db.close();
  });
  process.once('exit', pair.abandon);
  const pooler = await startPgBouncer(pair.url);
  const ports = [await findFreePort(), await findFreePort()];
  const proxy = await startNginx(join(dir, 'nginx'), ports);

  const env = {
    ...QUICK_SETTINGS,
    DATABASE_URL: pooler.through(pair.url),
    DATABASE_PREPARED_STATEMENTS: 'false',
    REDIS_URL: redis.url,
  };
  const running = new Map<string, ServiceProcess>();
  const start = async (name: string) => {
    const index = APIS.indexOf(name);
    const log = openSync(join(dir, `${name}.log`), 'a');
    const settings = index < 0 ? env : { ...env, PORT: String(ports[index]) };
    const program = index < 0 ? 'worker' : 'api';
    running.set(name, await startProcess(program, settings, { isBuilt: true, output: log }));
    closeSync(log);
  };
  const stop = async (name: string) => {
    const end = await running.get(name)?.stop();
    if (end !== 0) journal.breaks(`${name} was told to stop and ended with ${end}, not with 0`);
  };
  const journal = new Journal();
  let databaseUrl = pair.url;
  let db = openPatientDatabase(databaseUrl);
  const countNow = (id: string) => countActivities(db, id);
  const actions = new Actions({ baseUrl: proxy.url, journal, countActivities: countNow });
  await Promise.all(PROCESSES.map(start));

  return {
    dir,
    /** Of nginx. */
    url: proxy.url,
    redis,
    pooler,
    journal,
    actions,
    processes: PROCESSES,
    get db() {
      return db;
    },
    /** That of the processes, but without PgBouncer. */
    get config() {
      return loadConfig({ ...env, DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent' });
    },
    /** Ends each in order and starts it again, one after the other. */
    async restart(kind: 'api' | 'worker') {
      for (const name of kind === 'api' ? APIS : WORKERS) {
        await stop(name);
        await start(name);
      }
    },
    async failOver() {
      databaseUrl = await pair.failOver();
      await pooler.pointTo(databaseUrl);
      await db.close();
      db = openPatientDatabase(databaseUrl);
    },
    stopProcesses: () => Promise.all(PROCESSES.map(stop)),
    async remove() {
      process.off('exit', pair.abandon);
      await Promise.all([...running.values()].map((each) => each.stop('SIGKILL')));
      await proxy.stop();
      await pooler.stop();
      await db.close();
      await pair.stop();
    },
  };
}
