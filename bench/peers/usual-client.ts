import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Work } from '../work.ts';

/** What is used of the client that Prisma generates from usual.prisma. */
export interface UsualClient {
  activity: {
    create(args: object): Promise<unknown>;
    createManyAndReturn(args: object): Promise<Array<{ id: bigint; mentorId: string }>>;
  };
  usualResult: { createMany(args: object): Promise<unknown> };
  $transaction<T>(run: (tx: UsualClient) => Promise<T>): Promise<T>;
  $executeRaw(query: TemplateStringsArray): Promise<unknown>;
  $disconnect(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Call it once, before clients are made. This client is for the benchmark only, so the build leaves it out. */
export async function generateUsualClient(): Promise<void> {
  const args = ['generate', '--schema', 'bench/peers/usual.prisma'];
  await promisify(execFile)('node_modules/.bin/prisma', args, { cwd: ROOT });
}

/** As Prisma's documentation sets it up for PostgreSQL. */
export async function openUsualClient(databaseUrl: string): Promise<UsualClient> {
  const generated = new URL('generated/client.ts', import.meta.url).href;
  const { PrismaClient } = (await import(generated)) as {
    PrismaClient: new (options: { adapter: PrismaPg }) => UsualClient;
  };
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl }) });
}

export function activityOf(work: Work, mentorId: string) {
  return {
    mentorId,
    activityType: work.activity_type,
    activityDate: new Date(work.activity_date),
    durationMinutes: work.duration_minutes,
    notes: work.notes ?? null,
    coordinatorId: work.coordinator_id,
    bulkRegistrationId: 0n,
  };
}
