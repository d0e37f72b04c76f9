import { afterAll, beforeAll, expect } from 'vitest';
import { createDatabase, type Database } from '../database/client.ts';
import { TRANSITIONS } from '../registrations/transitions.ts';
import { createTestDeps, type TestDeps } from './test-deps.ts';

export interface RaceDeps extends TestDeps {
  /** Ends the sessions of `db`, which hand in their statistics as they go, and says what these tell. */
  endCountingDeadlocks(): Promise<number>;
}

const APPLICATION = 'race';

/** Those of one test file: made before its races, closed after them, when no deadlock may have been. */
export function provideRaceDeps(): () => RaceDeps {
  let deps: RaceDeps;
  beforeAll(async () => {
    deps = await createRaceDeps();
  });
  afterAll(async () => {
    expect(await deps.endCountingDeadlocks()).toBe(0);
    await deps.close();
  });
  return () => deps;
}

/** As `createTestDeps`, with room for many runners, and sessions that can be told from the queue's. */
async function createRaceDeps(): Promise<RaceDeps> {
  const deps = await createTestDeps({ settings: { TIME_SLICE_MS: '1', SWEEP_MS: '50' } });
  const databaseUrl = `${deps.config.databaseUrl}?application_name=${APPLICATION}`;
  const db = createDatabase({ ...deps.config, databaseUrl, databasePoolSize: 24 }, deps.log);
  await refuseIllegalMoves(deps.db);

  return {
    ...deps,
    db,

    async endCountingDeadlocks() {
      await db.close();
      for (;;) {
        const [row] = await deps.db.prisma.$queryRaw<Array<{ sessions: bigint; deadlocks: bigint }>>`
          select
            (select count(*) from pg_stat_activity where application_name = ${APPLICATION}
              and datname = current_database()) as sessions,
            (select deadlocks from pg_stat_database where datname = current_database()) as deadlocks`;
        if (row?.sessions === 0n) return Number(row.deadlocks);
      }
    },

    async close() {
      await db.close();
      await deps.close();
    },
  };
}

/** From here on PostgreSQL itself refuses a move that is not in the table, however briefly it would last. */
async function refuseIllegalMoves({ prisma }: Database): Promise<void> {
  const legal = TRANSITIONS.map(({ from, to }) => `${from ?? ''} to ${to ?? ''}`);
  await prisma.$executeRaw`create table legal_moves as select unnest(${legal}::text[]) as move`;
  await prisma.$executeRaw`
    create function refuse_illegal_move() returns trigger language plpgsql as $$
    declare
      made text := old.status || ' to ' || coalesce(new.status::text, '');
    begin
      if new.status is distinct from old.status and made not in (select move from legal_moves) then
        raise exception 'illegal move: %', made;
      end if;
      return coalesce(new, old);
    end $$`;
  await prisma.$executeRaw`
    create trigger refuse_illegal_move before update or delete on bulk_registrations
    for each row execute function refuse_illegal_move()`;
}
