import type { RegistrationState } from './registration-state.ts';
import { readStatus, type StatusSnapshot } from './snapshot.ts';
import type { Transport } from './transport.ts';

const DEFAULT_INTERVAL_MS = 1_000;

export interface Poll {
  /** null: as it was. */
  state: RegistrationState | null;
  /** How long to wait before the next one. */
  waitMs: number;
}

/** Asks by and by, each time only whether anything has changed. */
export function createPoller(
  transport: Transport,
  id: string,
  signal: AbortSignal | undefined,
): () => Promise<Poll> {
  let known: StatusSnapshot | undefined;
  return async () => {
    const snapshot = await readStatus(transport, id, { known, signal, tries: 1 });
    const isNews = snapshot !== known;
    known = snapshot;
    return {
      state: isNews ? stateOf(snapshot) : null,
      waitMs: snapshot.retryAfterMs ?? DEFAULT_INTERVAL_MS,
    };
  };
}

/** What the details tell of it; the rest only the event stream knows. */
function stateOf({ details }: StatusSnapshot): RegistrationState {
  return {
    id: details.id,
    status: details.status,
    mentor_count: details.mentor_count,
    success_count: details.success_count,
    failure_count: details.failure_count,
    retry_count: details.retry_count,
    updated_at: details.updated_at,
    completed_at: details.completed_at,
    progress: details.progress,
    rate: null,
    estimated_end: null,
    waiting_ahead: null,
    waiting_reason: details.waiting_reason ?? null,
    transient_error: details.transient_error,
    undone_count: details.undone_count,
    kept_count: details.kept_count,
  };
}
