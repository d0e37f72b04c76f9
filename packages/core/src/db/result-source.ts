import type { LedgerBatch } from '../domain/results.ts';
import { Prisma } from './generated/client.ts';

/** What results are made of, as a row brings it: long arrays as JSON text, many times cheaper to parse. */
export interface StoredSource {
  mentorIds: string;
  workPositions: string | null;
  batches: string | null;
}

export type Parsed<Row extends StoredSource> = Omit<Row, keyof StoredSource> & {
  mentorIds: string[];
  /** The attempt's work list; null: every mentor. */
  workPositions: number[] | null;
  /** Of the ledger, oldest attempt first. */
  batches: LedgerBatch[];
};

/** The column `batches`, of rows `b` of registration_batches. */
export const batchesAsJson = Prisma.sql`
  json_agg(
    json_build_object(
      'attempt', b.attempt,
      'count', b.success_count + b.failure_count,
      'positions', b.positions,
      'activityIds', b.activity_ids,
      'errorCodes', b.error_codes
    )
    order by b.attempt
  )::text`;

export function parseSource<Row extends StoredSource>(row: Row): Parsed<Row> {
  return {
    ...row,
    mentorIds: JSON.parse(row.mentorIds) as string[],
    workPositions: row.workPositions === null ? null : (JSON.parse(row.workPositions) as number[]),
    batches: row.batches === null ? [] : (JSON.parse(row.batches) as LedgerBatch[]),
  };
}
