import DataLoader from 'dataloader';
import type { Version } from '../domain/version.ts';
import type { Executor } from './executor.ts';
import { findProgresses, type Progress } from './registrations.ts';

/** null: there is no such registration. */
export type ProgressReader = (id: bigint) => Promise<(Progress & Version) | null>;

const MAX_IDS = 1_000;

/**
 * As `findProgress`, for the many who poll: those who ask while a query is under way share the next
 * one, which begins after the last of them has asked. Nothing is kept for longer.
 */
export function createProgressReader(db: Executor): ProgressReader {
  let underWay: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader(
    async (ids: readonly bigint[]) => {
      const query = findProgresses(db, ids);
      underWay = query.catch(() => {});
      const byId = new Map((await query).map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    },
    {
      cache: false,
      maxBatchSize: MAX_IDS,
      // Not before all requests that have arrived are parsed.
      batchScheduleFn: (dispatch) => void underWay.then(() => setImmediate(dispatch)),
    },
  );
  return (id) => loader.load(id);
}
