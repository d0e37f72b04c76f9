import { performance } from 'node:perf_hooks';
import type { WaitingReason } from '@bulk/contract';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { registrationNotFound } from '../registrations/refusals.ts';
import { processedOf } from './progress.ts';
import { rateOf, type Sample, withSample } from './rate.ts';
import { findWatchedSnapshots, type WatchedSnapshot } from './registration-snapshot.ts';
import { goneEvent, shownBy, stateEvent, type WatchEvent } from './watch-events.ts';

/** Everyone who watches registrations through this process. */
export interface Watchers {
  /**
   * @param listener gets what comes after `first`: the newest state whenever it has changed, at most
   *   four times a second, and nothing after `end` or `gone`. While the database is away nothing comes;
   *   it goes on when that is back.
   * @throws AppError `registration_not_found`, or `unavailable` where too many are watching
   */
  watch(id: bigint, listener: (event: WatchEvent) => void): Promise<Watch>;
}

export interface Watch {
  /** Where the registration stands now: `progress` or `end`. */
  first: WatchEvent;
  /** Does no harm after the end. */
  stop: () => void;
}

const ROUND_MS = 250;
const RETRY_AFTER_SECONDS = 5;

interface Viewer {
  id: bigint;
  listener(event: WatchEvent): void;
  /** What the last event told. */
  shown: string;
  /** Set until there is a first event. */
  begin: { resolve(first: WatchEvent): void; reject(error: unknown): void } | null;
}

/**
 * One loop for all that is watched, and one statement a round: every 250 ms for everything, and at
 * once for those who have just come. Rounds never overlap, and a round tells only those who were there
 * when it began: nobody sees an older state after a newer one, or a state from before their request.
 */
export function createWatchers(
  { db, config, log }: Pick<Deps, 'db' | 'config' | 'log'>,
  readWaitingReason: () => WaitingReason | null,
): Watchers {
  const viewers = new Set<Viewer>();
  const samples = new Map<bigint, Sample[]>();
  let isRunning = false;
  let isAway = false;
  let wake = () => {};

  return {
    async watch(id, listener) {
      if (viewers.size >= config.maxWatchers) {
        throw new AppError('unavailable', 'Too many registrations are being watched at once.', {
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        });
      }
      // Samples of an earlier viewer may be old, or of another state of the database.
      if (![...viewers].some((each) => each.id === id)) samples.delete(id);
      const viewer: Viewer = { id, listener, shown: '', begin: null };
      const first = new Promise<WatchEvent>((resolve, reject) => {
        viewer.begin = { resolve, reject };
      });
      viewers.add(viewer);
      if (isRunning) wake();
      else void run();
      return { first: await first, stop: () => void viewers.delete(viewer) };
    },
  };

  async function run(): Promise<void> {
    isRunning = true;
    let fullRoundAtMs = performance.now() + ROUND_MS;
    while (viewers.size > 0) {
      const isFullRound = performance.now() >= fullRoundAtMs;
      if (isFullRound) fullRoundAtMs = performance.now() + ROUND_MS;
      const told = [...viewers].filter((viewer) => isFullRound || viewer.begin !== null);
      if (told.length > 0) await goRound(told, isFullRound);
      await pauseUntil(fullRoundAtMs);
    }
    samples.clear();
    isRunning = false;
  }

  function pauseUntil(atMs: number): Promise<void> {
    const hasNewcomers = [...viewers].some((viewer) => viewer.begin !== null);
    if (hasNewcomers || viewers.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, atMs - performance.now());
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function goRound(told: readonly Viewer[], isFullRound: boolean): Promise<void> {
    const ids = [...new Set(told.map(({ id }) => id))];
    let rows: WatchedSnapshot[];
    try {
      rows = await findWatchedSnapshots(db.prisma, ids);
    } catch (error) {
      if (!isAway) log.warn({ err: error }, 'nothing can be told to those who watch');
      isAway = true;
      for (const viewer of told) leave(viewer, error);
      return;
    }
    isAway = false;
    // Not of those whom everybody has left meanwhile: who comes next begins anew.
    const watched = new Set(told.flatMap((viewer) => (viewers.has(viewer) ? [viewer.id] : [])));
    if (isFullRound) takeSamples(rows.filter(({ id }) => watched.has(id)));
    const reason = readWaitingReason();
    const events = new Map(
      rows.map((row) => [row.id, stateEvent(row, rateOf(samples.get(row.id) ?? []), reason)]),
    );
    for (const viewer of told) if (viewers.has(viewer)) tell(viewer, events.get(viewer.id));
  }

  function takeSamples(rows: readonly WatchedSnapshot[]): void {
    const atMs = performance.now();
    const before = new Map(samples);
    samples.clear();
    for (const row of rows) {
      const newest = { atMs, attempt: row.attempt, processed: processedOf(row) };
      samples.set(row.id, withSample(before.get(row.id) ?? [], newest));
    }
  }

  /** Newcomers learn that it can't be told; the others wait for better times. */
  function leave(viewer: Viewer, error: unknown): void {
    if (viewer.begin === null) return;
    viewers.delete(viewer);
    viewer.begin.reject(error);
  }

  function tell(viewer: Viewer, event: WatchEvent | undefined): void {
    const { id, begin } = viewer;
    if (event === undefined) {
      viewers.delete(viewer);
      if (begin) begin.reject(registrationNotFound(id));
      else viewer.listener(goneEvent(id));
      return;
    }
    if (event.name === 'end') viewers.delete(viewer);
    const shown = shownBy(event);
    if (begin) begin.resolve(event);
    else if (shown !== viewer.shown) viewer.listener(event);
    viewer.shown = shown;
    viewer.begin = null;
  }
}
