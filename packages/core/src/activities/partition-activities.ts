import { withConnection } from '../database/with-connection.ts';
import { addMonth, addPartition, PARTITION_LOCK } from './partitions.ts';

/**
 * Makes `activities` a partitioned table, in one transaction. What was the table becomes its first partition: it is read
 * once, for its days, and not written, apart from activities after this month, which move to the partitions of their months.
 * Batches wait meanwhile, and are tried again if they wait too long.
 *
 * @returns false: it is partitioned already
 * @throws errors of the database, also if the lock of the table does not come within five seconds
 */
export function partitionActivities(databaseUrl: string): Promise<boolean> {
  return withConnection(databaseUrl, async (client) => {
    await client.query(
      `begin; set local lock_timeout = '5s'; select pg_advisory_xact_lock(${PARTITION_LOCK})`,
    );
    const { rows } = await client.query<Table>(TABLE);
    const [table] = rows;
    if (table === undefined || table.is_partitioned) return false;
    if (table.triggers !== null)
      throw new Error(
        `activities has triggers (${table.triggers}): drop them, partition it, and create them again.`,
      );
    for (const statement of statementsOf(table)) await client.query(statement);
    await client.query('commit');
    // Autovacuum analyzes partitions, and never the whole.
    await client.query('analyze activities');
    return true;
  });
}

interface Table {
  is_partitioned: boolean;
  /** Their names; null: none. */
  triggers: string | null;
  /** Quoted. */
  owner: string;
  /** `grant` statements. */
  grants: string[];
  /** The next ones, YYYY-MM. The first is where the old table ends. */
  months: [string, ...string[]];
}

const TABLE = `
  select
    relkind = 'p' as is_partitioned,
    (select string_agg(tgname, ', ') from pg_trigger where tgrelid = c.oid and not tgisinternal) as triggers,
    quote_ident(pg_get_userbyid(relowner)) as owner,
    array(
      select format(
        'grant %s on activities to %s%s',
        privilege_type,
        case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
        case when is_grantable then ' with grant option' end
      )
      from aclexplode(relacl)
      where grantee <> relowner
    ) as grants,
    array(
      select to_char(date_trunc('month', now() at time zone 'UTC') + n * interval '1 month', 'YYYY-MM')
      from generate_series(1, 3) n
    ) as months
  from pg_class c
  where oid = 'activities'::regclass`;

function statementsOf({ owner, grants, months }: Table): string[] {
  const [bound] = months;
  const old = `before_${bound.replace('-', '_')}`;
  return [
    `set local role ${owner}`,
    'lock table activities in access exclusive mode',
    'alter sequence activities_id_seq owned by none',
    `alter table activities rename to activities_${old}`,
    `alter table activities_${old} rename constraint activities_pkey to activities_pkey_${old}`,
    `alter table activities_${old} rename constraint activities_once_per_mentor to activities_once_per_mentor_${old}`,
    `create table activities (
      like activities_${old} including defaults including constraints including storage including comments,
      constraint activities_once_per_mentor unique (activity_date, activity_type, mentor_id, occurrence)
    ) partition by range (activity_date)`,
    'alter sequence activities_id_seq owned by activities.id',
    ...grants,
    ...months.flatMap(addMonth),
    ...addPartition('other', 'default'),
    `with moved as (delete from activities_${old} where activity_date >= '${bound}-01' returning *)
     insert into activities select * from moved`,
    `alter table activities attach partition activities_${old} for values from (minvalue) to ('${bound}-01')`,
  ];
}
