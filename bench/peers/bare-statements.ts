import { createHash } from 'node:crypto';
import { buildBatchPayload, type Executor, insertBatch, insertRegistration } from '@bulk/core/testing';
import { sqltag } from '@prisma/client/runtime/client';
import type pg from 'pg';
import type { Work } from '../work.ts';

const BATCH_SIZE = 1_000;

/** The two statements that a small registration can't do without, prepared, sent by the bare driver. */
export interface BareStatements {
  insert(work: Work): Promise<Stored>;
  /** All of its mentors in one batch. */
  batch(stored: Stored): Promise<void>;
}

export interface Stored {
  id: bigint;
  work: Work;
}

export function bareStatements(pool: pg.Pool): BareStatements {
  const db = bareExecutor(pool);
  return {
    async insert(work) {
      const stored = await insertRegistration(db, work, { batchSize: BATCH_SIZE, keyed: null });
      return { id: BigInt(stored!.id), work };
    },
    async batch({ id, work }) {
      const template = {
        registrationId: id,
        attempt: 1,
        activityType: work.activity_type,
        activityDate: work.activity_date,
        durationMinutes: work.duration_minutes,
        notes: work.notes ?? null,
        coordinatorId: work.coordinator_id,
        overrideDuplicates: false,
      };
      const positions = work.mentor_ids.map((_, index) => index + 1);
      const payload = buildBatchPayload(template, 0, positions, (at) => work.mentor_ids[at - 1]!);
      await insertBatch(db, payload, { onDuplicate: 'skip_known' });
    },
  };
}

/** Runs what the service's own functions would send, without Prisma in between. */
function bareExecutor(pool: pg.Pool): Executor {
  const names = new Map<string, string>();
  const nameOf = (text: string) => {
    const name = names.get(text) ?? createHash('sha1').update(text).digest('base64url');
    names.set(text, name);
    return name;
  };
  const run = async (strings: TemplateStringsArray, ...values: unknown[]) => {
    const { text, values: flat } = sqltag(strings, ...values);
    const { rows } = await pool.query({ name: nameOf(text), text, values: flat });
    return rows;
  };
  return { $queryRaw: run } as unknown as Executor;
}
