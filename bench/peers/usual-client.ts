import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Work } from '../work.ts';

/** What is used of the client that Prisma generates from usual.prisma. */
export interface UsualClient {
  activity: {
    create(args: { data: NewActivity }): Promise<unknown>;
    createManyAndReturn(args: {
      data: NewActivity[];
      skipDuplicates: boolean;
      select: { id: true; mentorId: true };
    }): Promise<Array<{ id: bigint; mentorId: string }>>;
  };
  usualResult: { createMany(args: { data: NewResult[] }): Promise<unknown> };
  $transaction<T>(run: (tx: UsualClient) => Promise<T>): Promise<T>;
  $executeRaw(query: TemplateStringsArray): Promise<unknown>;
  $disconnect(): Promise<void>;
}

export interface NewActivity {
  mentorId: string;
  activityType: string;
  activityDate: Date;
  durationMinutes: number;
  notes: string | null;
  coordinatorId: string;
  bulkRegistrationId: bigint;
}

interface NewResult {
  registrationId: bigint;
  mentorId: string;
  status: 'success' | 'failed';
  activityId: bigint | null;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Once, before clients are made: a benchmark's client is no part of what everybody builds. */
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

export function activityOf(work: Work, mentorId: string): NewActivity {
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
