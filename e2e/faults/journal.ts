import type { CreateRegistrationRequest } from '@bulk/contract';

export type MarkedRequest = CreateRegistrationRequest & { notes: string };

/**
 * What the clients know, in the manner of Jepsen: an operation is ok, failed (it did not happen) or
 * unknown (it may have). The checks at the end compare the database with it.
 */
export class Entry {
  /** With the marker in its notes, so that one of unknown fate can be found. */
  readonly request: MarkedRequest;
  fate: 'accepted' | 'refused' | 'unknown' = 'unknown';
  /** Known once accepted. */
  id: string | null = null;
  acceptedRetries = 0;
  unknownRetries = 0;
  acceptedUndos = 0;
  unknownUndos = 0;
  undosUnderWay = 0;
  /** The answer was 200; activities counted right after it, null while that could not be done. */
  cancelled: { activities: number | null } | null = null;
  isCancelUnknown = false;
  /** 'begun' from before the request is sent. */
  deletion: 'none' | 'begun' | 'done' = 'none';
  /** As last read. */
  seen: Seen | null = null;
  isBeingRead = false;
  /** The load leaves it alone: a fault is about it. */
  isReserved = false;

  constructor(request: MarkedRequest) {
    this.request = request;
  }

  get mayBeUndone(): boolean {
    return this.acceptedUndos + this.unknownUndos + this.undosUnderWay > 0;
  }
}

export interface Seen {
  etag: string;
  status: string;
  retryCount: number;
  undoCount: number;
  successes: number;
  failures: number;
  undone: number;
}

export class Journal {
  readonly entries: Entry[] = [];
  /** Broken promises: what no client may ever see. */
  readonly broken: string[] = [];
  readonly answers = new Map<string, number>();
  /** Since it was last set to 0. */
  slowestSubmitMs = 0;

  open(request: MarkedRequest): Entry {
    const entry = new Entry(request);
    this.entries.push(entry);
    return entry;
  }

  /** Those that any client may work with: accepted and not deleted. */
  usable(): Entry[] {
    return this.entries.filter(
      ({ id, deletion, isReserved }) => id !== null && deletion === 'none' && !isReserved,
    );
  }

  count(what: string): void {
    this.answers.set(what, (this.answers.get(what) ?? 0) + 1);
  }

  breaks(text: string): void {
    this.broken.push(text);
  }
}

/** Compares two reads of one registration, the later one second. null: they fit together. */
export function objection(before: Seen | null, now: Seen): string | null {
  if (before === null) return null;
  if (now.retryCount < before.retryCount || now.undoCount < before.undoCount) return 'its attempt went back';
  if (now.undone < before.undone) return 'what was undone is back';
  if (now.undoCount > before.undoCount) return null;
  if (now.retryCount > before.retryCount) {
    return before.status === 'cancelled' ? 'it was retried after it was cancelled' : null;
  }
  if (now.successes < before.successes || now.failures < before.failures) return 'its counts went back';
  if (before.status !== 'processing' && now.status !== before.status) {
    return `it went from ${before.status} to ${now.status}`;
  }
  return null;
}
