import { PrismaPg } from '@prisma/adapter-pg';
import type { Database } from '../db/client.ts';
import { PrismaClient } from '../db/generated/client.ts';
import { createProgressReader } from '../db/progress-reader.ts';

/** A database to look into: checks over all of it may take minutes, which no statement of the service may. */
export function openPatientDatabase(databaseUrl: string): Database {
  const adapter = new PrismaPg(
    { connectionString: databaseUrl, connectionTimeoutMillis: 3_000, max: 8 },
    { onPoolError: () => {}, onConnectionError: () => {} },
  );
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal' });
  return {
    prisma,
    readProgress: createProgressReader(prisma),
    async ping() {
      await prisma.$queryRaw`select 1`;
    },
    close: () => prisma.$disconnect(),
  };
}
