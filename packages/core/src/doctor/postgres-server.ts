import type { Context } from './check.ts';
import { clockFinding } from './clock.ts';
import type { Finding } from './finding.ts';

const OLDEST = 15;
const NEWEST = 18;

export async function postgresVersion({ db }: Context): Promise<Finding[]> {
  const [server] = await db.prisma.$queryRaw<Array<{ number: number; name: string }>>`
    select
      current_setting('server_version_num')::integer as number,
      current_setting('server_version') as name`;
  const major = Math.floor((server?.number ?? 0) / 10_000);
  if (major >= OLDEST && major <= NEWEST) return [];
  return [
    {
      severity: major < OLDEST ? 'error' : 'warning',
      what: `This is PostgreSQL ${server?.name}; the service is tested with ${OLDEST} to ${NEWEST}.`,
      do:
        major < OLDEST
          ? `Update it to ${OLDEST} or newer.`
          : 'Update the service when a release supports it.',
    },
  ];
}

export async function postgresClock({ db, now }: Context): Promise<Finding[]> {
  return clockFinding('PostgreSQL', now, async () => {
    const [row] = await db.prisma.$queryRaw<Array<{ ms: number }>>`
      select extract(epoch from clock_timestamp())::float8 * 1000 as ms`;
    return row?.ms ?? 0;
  });
}

/** Settings without which a power cut loses or damages what was answered. */
export async function durability({ db }: Context): Promise<Finding[]> {
  const off = await db.prisma.$queryRaw<Array<{ name: string }>>`
    select name
    from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit')
      and setting = 'off'
    order by name`;
  const risk: Record<string, string> = {
    fsync: 'a power cut can damage the whole database',
    full_page_writes: 'a power cut can damage pages that were being written',
    synchronous_commit: 'a power cut loses registrations that were answered',
  };
  return off.map(({ name }) => ({
    severity: 'error',
    what: `PostgreSQL runs with ${name} = off: ${risk[name]}.`,
    do: `Set ${name} = on, in postgresql.conf or where the database or the role has it off.`,
  }));
}

/** Whether dead rows are removed, on the whole server and in each of our tables. */
export async function autovacuum({ db }: Context): Promise<Finding[]> {
  const settings = await db.prisma.$queryRaw<Array<{ name: string }>>`
    select name
    from pg_settings
    where name in ('autovacuum', 'track_counts')
      and setting = 'off'
    order by name`;
  const tables = await db.prisma.$queryRaw<Array<{ name: string }>>`
    select relname as name
    from pg_class
    where relnamespace = current_schema()::regnamespace
      and relkind = 'r'
      and array_to_string(reloptions, ' ') ~ 'autovacuum_enabled=(off|false|no|0)'
    order by relname`;
  return [
    ...settings.map(
      ({ name }): Finding => ({
        severity: 'warning',
        what: `PostgreSQL runs with ${name} = off: its tables grow for ever, and get slow.`,
        do: `Set ${name} = on in postgresql.conf, and reload it.`,
      }),
    ),
    ...tables.map(
      ({ name }): Finding => ({
        severity: 'warning',
        what: `The table ${name} has autovacuum off: it grows for ever, and gets slow.`,
        do: `Run: alter table ${name} reset (autovacuum_enabled)`,
      }),
    ),
  ];
}

/** A sequence that gives out ids that are taken, as after an import: nothing can be registered any more. */
export async function sequences({ db }: Context): Promise<Finding[]> {
  const behind = await db.prisma.$queryRaw<Array<{ table: string; next: bigint; last: bigint }>>`
    select "table", next, last
    from (
      select
        'activities' as "table",
        (select max(id) from activities) as last,
        (select last_value + is_called::integer from activities_id_seq) as next
      union all
      select
        'bulk_registrations',
        (select max(id) from bulk_registrations),
        (select last_value + is_called::integer from bulk_registrations_id_seq)
      union all
      select
        'registration_history',
        (select max(id) from registration_history),
        (select last_value + is_called::integer from registration_history_id_seq)
      union all
      select
        'webhook_deliveries',
        (select max(id) from webhook_deliveries),
        (select last_value + is_called::integer from webhook_deliveries_id_seq)
    ) sequence
    where next <= last`;
  return behind.map(({ table, next, last }) => ({
    severity: 'error',
    what: `The next id of ${table} is ${next}, which is taken: the largest one is ${last}.`,
    do: `Run: select setval('${table}_id_seq', (select max(id) from ${table}))`,
  }));
}
