import { createHash } from 'node:crypto';
import { type Executor, insertBatch, insertRegistration } from '@bulk/core/testing';
import { sqltag } from '@prisma/client/runtime/client';
import type pg from 'pg';
import type { Work } from '../work.ts';

const BATCH_SIZE = 1_000;

/** The two statements that a small registration can't do without, prepared, sent by the bare driver. */
export interface BareStatements {
  insert(work: Work): Promise<bigint>;
  /** All mentors of the registration in one batch. */
  batch(id: bigint): Promise<void>;
}

export function bareStatements(pool: pg.Pool): BareStatements {
  const db = bareExecutor(pool);
  return {
    async insert(work) {
      const stored = await insertRegistration(db, work, {
        batchSize: BATCH_SIZE,
        keyed: null,
        createdBy: 'anonymous',
      });
      return BigInt(stored!.id);
    },
    async batch(id) {
      await insertBatch(
        db,
        { registrationId: id, attempt: 1, generation: 1, batchNo: 0 },
        { refused: [], toleratesConflicts: false, writesEvents: false },
      );
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
