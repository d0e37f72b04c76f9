import DataLoader from 'dataloader';
import type { Executor } from '../database/executor.ts';
import { findSnapshots, type RegistrationSnapshot } from './registration-snapshot.ts';

/** null: there is no such registration. */
export type SnapshotReader = (id: bigint) => Promise<RegistrationSnapshot | null>;

const MAX_IDS = 1_000;

/**
 * Makes a reader of snapshots for the many who poll: those who ask while a query is under way share the next
 * one, which begins after the last of them has asked. Nothing is kept for longer.
 */
export function createSnapshotReader(db: Executor): SnapshotReader {
  let underWay: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader(
    async (ids: readonly bigint[]) => {
      const query = findSnapshots(db, ids);
      underWay = query.catch(() => {});
      const byId = new Map((await query).map((snapshot) => [snapshot.id, snapshot]));
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
