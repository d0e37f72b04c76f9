import { PrismaPg } from '@prisma/adapter-pg';
import type { Database } from '../database/client.ts';
import { PrismaClient } from '../database/generated/client.ts';
import { createSnapshotReader } from '../progress/snapshot-reader.ts';

/** A database to look into: checks over all of it may take minutes, which no statement of the service may. */
export function openPatientDatabase(databaseUrl: string): Database {
  const adapter = new PrismaPg(
    { connectionString: databaseUrl, connectionTimeoutMillis: 3_000, max: 8 },
    { onPoolError: () => {}, onConnectionError: () => {} },
  );
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal' });
  return {
    prisma,
    readSnapshot: createSnapshotReader(prisma),
    replica: null,
    poolUse: () => ({ size: 1, inUse: 0, idle: 0, waiting: 0 }),
    async ping() {
      await prisma.$queryRaw`select 1`;
    },
    close: () => prisma.$disconnect(),
  };
}
