import { statfs } from 'node:fs/promises';
import { isLoopback } from '../config.ts';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

const GIB = 1024 ** 3;

/** Free space where PostgreSQL has its data, if that is on this machine and we may know where. */
export async function freeDisk({ db, config }: Context): Promise<Finding[]> {
  const unknown: Finding = {
    severity: 'note',
    what: 'How much disk PostgreSQL has left is not known from here.',
    do: 'Look on its own machine: when the disk is full, nothing can be registered.',
  };
  if (!isLoopback(new URL(config.databaseUrl).hostname)) return [unknown];
  const [row] = await db.prisma.$queryRaw<Array<{ directory: string | null }>>`
    select max(setting) as directory from pg_settings where name = 'data_directory'`;
  // Only superusers and those with pg_read_all_settings see it.
  if (!row?.directory) return [unknown];
  const space = await statfs(row.directory).catch(() => null);
  if (space === null) return [unknown];
  return spaceFindings({ free: space.bavail * space.bsize, total: space.blocks * space.bsize });
}

/** In bytes. */
export function spaceFindings({ free, total }: { free: number; total: number }): Finding[] {
  if (free >= GIB && free >= total / 20) return [];
  return [
    {
      severity: free < GIB / 4 ? 'error' : 'warning',
      what: `The disk of PostgreSQL has ${(free / GIB).toFixed(1)} of ${(total / GIB).toFixed(1)} GiB left.`,
      do: 'Make room, or give it a larger disk: when it is full, nothing can be registered.',
    },
  ];
}
