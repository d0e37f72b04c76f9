import pg from 'pg';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

const ANSWER_MS = 4_000;

interface State {
  isStandby: boolean;
  isReceiving: boolean;
  system: string;
  /** In the WAL, in bytes. */
  replayed: string;
}

/** Whether the replica is a standby of the database, and has what the database has. */
export async function replica({ config, db }: Context): Promise<Finding[]> {
  const { databaseReplicaUrl: url, databaseReplicaLagMs: lagMs } = config;
  if (url === null) return [];
  const [primary] = await db.prisma.$queryRaw<[{ system: string; written: string }]>`
    select system_identifier::text as system, (pg_current_wal_flush_lsn() - '0/0')::text as written
    from pg_control_system()`;

  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    let state = await stateOf(client);
    if (!state.isStandby) {
      return [
        error('The server of DATABASE_REPLICA_URL is no standby', 'Name a streaming standby, or none.'),
      ];
    }
    if (state.system !== primary.system) {
      return [error('The replica is a standby of another database server', 'Name a standby of this one.')];
    }
    if (!state.isReceiving) {
      return [
        error('The replica receives nothing', 'Look at primary_conninfo and at the log of the replica.'),
      ];
    }
    const until = Date.now() + lagMs;
    const missing = () => BigInt(primary.written) - BigInt(state.replayed);
    while (missing() > 0n && Date.now() < until) state = await stateOf(client);
    if (missing() <= 0n) return [];
    return [
      {
        severity: 'warning',
        what: `The replica is ${missing()} bytes behind after ${lagMs} ms: reads go to the primary.`,
        do: 'Resume its replay if it is paused, or give it more resources; DATABASE_REPLICA_LAG_MS is how long reads wait.',
      },
    ];
  } catch (failure) {
    const { message, code } = failure as Error & { code?: string };
    return [
      {
        severity: 'error',
        what: `The replica at ${new URL(url).host} can't be reached: ${message || code}. Reads go to the primary.`,
        do: 'Start it, or correct DATABASE_REPLICA_URL.',
      },
    ];
  } finally {
    client.end().catch(() => {});
  }
}

async function stateOf(client: pg.Client): Promise<State> {
  const { rows } = await client.query<State>(`
    select
      pg_is_in_recovery() as "isStandby",
      exists (select from pg_stat_wal_receiver) as "isReceiving",
      system_identifier::text as system,
      coalesce((pg_last_wal_replay_lsn() - '0/0')::text, '0') as replayed
    from pg_control_system()`);
  return rows[0] as State;
}

function error(what: string, whatToDo: string): Finding {
  return { severity: 'error', what: `${what}: reads go to the primary.`, do: whatToDo };
}
