import { isPartitioned, listMissingMonths } from '../activities/partitions.ts';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

/** Months without a partition, where `activities` is partitioned: their activities cannot be dropped in one step. */
export async function partitions({ db }: Pick<Context, 'db'>): Promise<Finding[]> {
  if (!(await isPartitioned(db.prisma))) return [];
  const months = await listMissingMonths(db.prisma);
  return months.map(({ month, hasActivities }) => ({
    severity: 'warning',
    ...(hasActivities
      ? {
          what: `The activities of ${month} are in activities_other, so this month has no partition of its own.`,
          do: 'Move them: docs/operations.md, "Activities by month".',
        }
      : {
          what: `${month} has no partition: no worker has added it.`,
          do: 'Start a worker. Its database user must own the table activities.',
        }),
  }));
}
