import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, type FaultContext, type Hits, ownMentors, selectInteger, stateOfWork } from './fault.ts';
import { WORKERS } from './fleet.ts';
import { watchSubmits } from './submit-watch.ts';
import { OWN_SESSIONS, SERVICE_ROLE } from './world.ts';

/** Faults of PostgreSQL. */
export const POSTGRES_FAULTS: readonly Fault[] = [
  { name: 'postgres: pg_terminate_backend', run: terminateSessions },
  { name: 'postgres: listening sessions ended', only: 'postgres', run: terminateListeners },
  { name: 'postgres: restart', run: (context) => restart(context, 'planned') },
  { name: 'postgres: immediate shutdown', run: (context) => restart(context, 'crash') },
  { name: 'postgres: table locked', run: lockActivities },
  { name: 'postgres: out of connections', run: limitConnections },
  { name: 'postgres: storm of serialization failures', run: stormOfSerializationFailures },
  {
    name: 'postgres: disk full',
    impossible: ({ postgres }) => (postgres.disk === null ? 'mounting a small disk takes root' : null),
    run: fillDisk,
  },
];

async function terminateSessions({ world, pause }: FaultContext): Promise<Hits> {
  const hits: Hits = { sessions: 0, 'mid-statement': 0 };
  for (let times = 0; times < 8; times += 1) {
    const ended = await world.db.prisma.$queryRaw<Array<{ state: string }>>`
      select state, pg_terminate_backend(pid)
      from pg_stat_activity
      where datname = current_database() and application_name <> ${OWN_SESSIONS} and random() < 0.4`;
    hits.sessions! += ended.length;
    hits['mid-statement']! += ended.filter(({ state }) => state === 'active').length;
    await pause(200);
  }
  return hits;
}

async function terminateListeners({ world, pause }: FaultContext): Promise<Hits> {
  let sessions = 0;
  for (let times = 0; times < 3; times += 1) {
    const ended = await world.db.prisma.$queryRaw<unknown[]>`
      select pg_terminate_backend(pid)
      from pg_stat_activity
      where datname = current_database() and application_name like 'bulk-registrations%'`;
    sessions += ended.length;
    await pause(400);
  }
  return { sessions };
}

async function restart({ world, load, pause }: FaultContext, kind: 'planned' | 'crash'): Promise<Hits> {
  const hits: Hits = {};
  const watch = watchSubmits(world, { mustBeAccepted: false });
  await load.submit({ mentor_ids: ownMentors(5_000) });
  await pause(100);
  for (const name of WORKERS) await stateOfWork(world, name, hits);
  if (kind === 'crash') world.postgres.crash();
  else await world.postgres.stop();
  await pause(kind === 'crash' ? 1_000 : 2_500);
  await world.postgres.start();
  return { ...hits, ...watch.answers() };
}

async function lockActivities({ world, pause }: FaultContext): Promise<Hits> {
  let blocked = 0;
  await world.db.prisma.$transaction(
    async (tx) => {
      await tx.$executeRaw`lock table activities in access exclusive mode`;
      await pause(3_000);
      blocked = await selectInteger(world)`select count(*)::integer as n from pg_locks where not granted`;
    },
    { timeout: 30_000, maxWait: 10_000 },
  );
  return { 'statements that waited': blocked };
}

/** Six sessions for all processes together: fewer than one process keeps. */
async function limitConnections({ world, load, pause }: FaultContext): Promise<Hits> {
  const { prisma } = world.db;
  const watch = watchSubmits(world, { mustBeAccepted: false });
  await prisma.$executeRaw`alter role service connection limit 6`;
  await prisma.$queryRaw`
    select pg_terminate_backend(pid) from pg_stat_activity where usename = ${SERVICE_ROLE}`;
  const sessions = () =>
    selectInteger(world)`select count(*)::integer as n from pg_stat_activity where usename = ${SERVICE_ROLE}`;
  let atTheLimit = 0;
  for (let times = 0; times < 3; times += 1) {
    await Promise.all([pause(1_000), ...Array.from({ length: 30 }, () => load.submit())]);
    if ((await sessions()) >= 6) atTheLimit += 1;
  }
  await prisma.$executeRaw`alter role service connection limit -1`;
  return { 'times at the limit': atTheLimit, ...watch.answers() };
}

/** Raised by the database in the middle of a batch, as if there were conflicts with others. */
async function stormOfSerializationFailures({ world, pause }: FaultContext): Promise<Hits> {
  const { prisma } = world.db;
  await prisma.$executeRaw`create sequence if not exists storm_hits`;
  const countHits = () => selectInteger(world)`select nextval('storm_hits')::integer as n`;
  const before = await countHits();
  await prisma.$executeRaw`
    create or replace function raise_storm() returns trigger language plpgsql as $body$
    begin
      if random() < 0.4 then
        perform nextval('storm_hits');
        if random() < 0.5 then
          raise exception 'could not serialize' using errcode = '40001';
        end if;
        raise exception 'deadlock' using errcode = '40P01';
      end if;
      return null;
    end $body$`;
  await prisma.$executeRaw`
    create trigger storm after insert on activities for each statement execute function raise_storm()`;
  await pause(3_000);
  await prisma.$executeRaw`drop trigger storm on activities`;
  return { 'mid-transaction': (await countHits()) - before - 1 };
}

async function fillDisk({ world, load, pause }: FaultContext): Promise<Hits> {
  const watch = watchSubmits(world, { mustBeAccepted: false });
  world.postgres.disk!.fill();
  await load.submit({ mentor_ids: ownMentors(5_000) });
  await pause(4_000);
  world.postgres.disk!.free();
  // A PostgreSQL that could not write its log may have ended; its supervisor tries again for some seconds.
  await sleep(200);
  return { times: 1, ...watch.answers() };
}
