import type { RegistrationGone, RegistrationState, WaitingReason } from '@bulk/contract';
import { versionTag } from '../registrations/etag.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { progressOf } from './progress.ts';
import { remainingMs } from './rate.ts';
import { retriesOf, type WatchedSnapshot } from './registration-snapshot.ts';
import { transientErrorOf } from './transient-error.ts';

/** progress: there is more to come. end: this is how it ended. gone: it was deleted. */
export type WatchEvent =
  | { name: 'progress' | 'end'; version: string; state: RegistrationState }
  | { name: 'gone'; version: null; state: RegistrationGone };

/**
 * @param rate of the last seconds; null: not known
 * @param waitingReason why no registration is worked on
 */
export function stateEvent(
  row: WatchedSnapshot,
  rate: number | null,
  waitingReason: WaitingReason | null,
): WatchEvent {
  const isProcessing = row.status === 'processing';
  return {
    name: isProcessing ? 'progress' : 'end',
    version: versionTag(row),
    state: toState(row, isProcessing ? rate : null, isProcessing ? waitingReason : null),
  };
}

export function goneEvent(id: bigint): WatchEvent {
  return { name: 'gone', version: null, state: { id: formatRegistrationId(id) } };
}

/** Changes when an event is worth telling: the rate alone is not, but that it is known, or has come to 0. */
export function shownBy({ version, state }: WatchEvent): string {
  if (!('rate' in state)) return 'gone';
  const shownRate = state.rate === null || state.rate === 0 ? state.rate : 'moving';
  return [version, state.waiting_ahead, shownRate, state.waiting_reason?.code].join(' ');
}

function toState(
  row: WatchedSnapshot,
  rate: number | null,
  waitingReason: WaitingReason | null,
): RegistrationState {
  const progress = progressOf(row);
  const leftMs = remainingMs(rate, progress.pending);
  return {
    id: formatRegistrationId(row.id),
    status: row.status,
    mentor_count: row.mentorCount,
    success_count: row.successCount,
    failure_count: row.failureCount,
    retry_count: retriesOf(row),
    updated_at: row.updatedAt.toISOString(),
    completed_at: row.completedAt?.toISOString() ?? null,
    progress,
    rate,
    estimated_end: leftMs === null ? null : new Date(Date.now() + leftMs).toISOString(),
    waiting_ahead: row.waitingAhead,
    transient_error: transientErrorOf(row),
    waiting_reason: waitingReason,
    undone_count: row.undoneCount,
    kept_count: row.keptCount,
  };
}
