import { listMigrationNames } from '../database/migrate-database.ts';
import { queueSchema } from '../jobs/backend.ts';
import { isQueueMigrated } from '../jobs/migrate-queue.ts';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

interface Migration {
  name: string;
  isFinished: boolean;
}

/** Whether the tables are those of this release, the queue's too where it runs on PostgreSQL. */
export async function pendingMigrations(context: Context): Promise<Finding[]> {
  const known = await listMigrationNames();
  const tried = await listTried(context);
  const finished = new Set(tried.filter(({ isFinished }) => isFinished).map(({ name }) => name));
  const failed = tried.filter(({ name, isFinished }) => !isFinished && !finished.has(name));
  const pending = known.filter((name) => !finished.has(name));
  const newer = [...finished].filter((name) => !known.includes(name));

  return [
    ...failed.map(
      ({ name }): Finding => ({
        severity: 'error',
        what: `The migration ${name} began and did not end.`,
        do: 'Run npm run migrate: it tries the migration again, and says why it fails.',
      }),
    ),
    ...findingIf(pending.length > 0, {
      severity: 'error',
      what: `${pending.length} of ${known.length} migrations are not applied; the first one is ${pending[0]}.`,
      do: 'Run npm run migrate, before the API and the workers start.',
    }),
    ...findingIf(newer.length > 0, {
      severity: 'warning',
      what: `The database has the migration ${newer[0]}, which this release does not know.`,
      do: 'Run the doctor of the release that the API and the workers run, or update them.',
    }),
    ...findingIf(!(await hasQueueTables(context)), {
      severity: 'error',
      what: `The tables of the queue, in the schema ${queueSchema(context.config)}, are missing, or of a newer release.`,
      do: 'Run npm run migrate with the same QUEUE_PREFIX, before the API and the workers start.',
    }),
  ];
}

function findingIf(applies: boolean, finding: Finding): Finding[] {
  return applies ? [finding] : [];
}

async function hasQueueTables({ config }: Context): Promise<boolean> {
  return config.redisUrl !== null || isQueueMigrated(config.databaseUrl, queueSchema(config));
}

async function listTried({ db }: Context): Promise<Migration[]> {
  const [table] = await db.prisma.$queryRaw<Array<{ isThere: boolean }>>`
    select to_regclass('_prisma_migrations') is not null as "isThere"`;
  if (table?.isThere !== true) return [];
  return db.prisma.$queryRaw<Migration[]>`
    select migration_name as name, finished_at is not null as "isFinished"
    from _prisma_migrations
    where rolled_back_at is null
    order by started_at`;
}
