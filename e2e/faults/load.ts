import { setTimeout as delay } from 'node:timers/promises';
import type { CreateRegistrationRequest } from '@bulk/contract';
import type { Random } from '@bulk/core/testing';
import type { Actions } from './actions.ts';
import type { Entry, Journal } from './journal.ts';

export interface Load {
  /** Submits one with mentors of its own, which no client touches; each field can be replaced. */
  submit(fields?: Partial<CreateRegistrationRequest>): Promise<Entry>;
  /** Resolves when no request is under way. */
  stop(): Promise<void>;
}

const CLIENTS = 3;
const PAUSE_MS = { low: 40, high: 200 };
/** A client's next request is drawn from these. */
const MOVES = [
  ...Array<'submit'>(8).fill('submit'),
  ...Array<'read'>(7).fill('read'),
  ...(['cancel', 'cancel', 'retry', 'retry', 'undo', 'undo', 'remove', 'submit again'] as const),
];
/** Mentors of a registration: most have few. */
const SIZES = [
  ...Array<readonly [number, number]>(6).fill([1, 20]),
  ...Array<readonly [number, number]>(3).fill([21, 900]),
  [901, 5_000],
] as const;
/** Mentors of one date; a prime, so that any stride visits all of them. */
const MENTOR_POOL = 6_007;
const STRIDES = [1, 7, 613];
/** Submissions after which the clients move on to the next date. */
const PER_DATE = 40;
const MAX_PROCESSING = 40;

/**
 * Clients that submit, read, retry, undo, cancel and delete, at a bounded rate. Registrations of one date
 * share mentors, in different orders, so that they compete for the same activities.
 */
export function startLoad(actions: Actions, journal: Journal, random: Random): Load {
  const stopping = new AbortController();
  let submissions = 0;

  const submit = (fields: Partial<CreateRegistrationRequest>): Promise<Entry> => {
    submissions += 1;
    const marker = `op-${submissions}`;
    const own = {
      coordinator_id: 'coord-1',
      mentor_ids: [`own-${marker}`],
      activity_type: 'group_workshop',
      activity_date: dateOf(submissions, random),
      duration_minutes: 60,
    };
    return actions.submit({ ...own, ...fields, notes: marker });
  };

  const act = async (own: Random): Promise<void> => {
    const unknown = journal.entries.filter((entry) => entry.fate === 'unknown').slice(-10);
    const known = journal.usable().slice(-80);
    const processing = known.filter((entry) => (entry.seen?.status ?? 'processing') === 'processing');
    const any = (): Entry => own.pick(known);
    const running = (): Entry => own.pick(processing.length > 0 ? processing : known);

    switch (known.length < 5 ? 'submit' : own.pick(MOVES)) {
      case 'submit':
        if (processing.length < MAX_PROCESSING) await submit(randomFields(own));
        return;
      case 'submit again':
        return actions.submitAgain(unknown.length > 0 ? own.pick(unknown) : any());
      case 'read':
        return void (await actions.read(running(), { withResults: own.chance(0.2) }));
      case 'cancel':
        return void (await actions.cancel(running()));
      case 'retry':
        return void (await actions.retry(any(), own.pick([undefined, undefined, true, false])));
      case 'undo':
        return void (await actions.undo(own.pick(undoable(known))));
      case 'remove':
        return void (await Promise.all(removable(known, own).map((entry) => actions.remove(entry))));
    }
  };

  const client = async (own: Random): Promise<void> => {
    while (!stopping.signal.aborted) {
      await act(own);
      await delay(own.between(PAUSE_MS.low, PAUSE_MS.high));
    }
  };

  const clients = Array.from({ length: CLIENTS }, (_, index) => client(random.fork(`client ${index}`)));
  return {
    async submit(fields = {}) {
      const entry = await submit(fields);
      entry.isReserved = true;
      return entry;
    },
    async stop() {
      stopping.abort();
      await Promise.all(clients);
    },
  };
}

/** One at most. What is undone stays: the check needs its results, to tell of what others are duplicates. */
function removable(known: readonly Entry[], random: Random): Entry[] {
  return random.shuffled(known.filter((entry) => !entry.mayBeUndone)).slice(0, 1);
}

/** Those that have activities, or all if none has. */
function undoable(known: readonly Entry[]): readonly Entry[] {
  const written = known.filter(({ seen }) => seen?.status !== 'processing' && (seen?.successes ?? 0) > 0);
  return written.length > 0 ? written : known;
}

function randomFields(random: Random): Partial<CreateRegistrationRequest> {
  return {
    mentor_ids: randomMentors(random),
    override_duplicates: random.chance(0.3),
    activity_type: random.chance(0.8) ? 'group_workshop' : 'site_visit',
  };
}

/** 1 to 5,000, most of them few; one in six lists holds one or two that the database refuses. */
function randomMentors(random: Random): string[] {
  const [low, high] = random.pick(SIZES);
  const count = random.between(low, high);
  const first = random.between(0, MENTOR_POOL - 1);
  const stride = random.pick(STRIDES);
  const ids = Array.from({ length: count }, (_, index) => `m-${(first + index * stride) % MENTOR_POOL}`);
  const bad = random.chance(1 / 6) ? random.between(1, 2) : 0;
  return random.shuffled(
    [...ids, ...Array.from({ length: bad }, (_, index) => `bad-${first}-${index}`)].slice(-5_000),
  );
}

function dateOf(submissions: number, random: Random): string {
  const day = Math.floor(submissions / PER_DATE) + random.between(0, 2);
  return new Date(Date.UTC(2026, 0, 1 + (day % 3_000))).toISOString().slice(0, 10);
}
