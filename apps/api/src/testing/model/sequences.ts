import { REGISTRATION_STATUSES, RESULT_STATUSES, RESULTS_MODES } from '@bulk/contract';
import fc from 'fast-check';
import {
  type Command,
  DryRun,
  ReadDetails,
  ReadList,
  ReadResults,
  Remove,
  Retry,
  Submit,
  type TagChoice,
  Watch,
} from './commands.ts';
import type { Filter } from './model.ts';
import { LoseMessages, RunMessage, RunStaleMessage, Sweep } from './worker-commands.ts';

// Few values each, so that sequences meet the same mentors, keys and registrations again and again.
const mentor = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const type = fc.constantFrom('workshop', 'workshop', 'workshop', 'visit');
const date = fc.constantFrom('2026-03-28', '2026-03-28', '2026-03-28', '2026-03-29');
const coordinator = fc.constantFrom('coord-1', 'coord-2');
const key = fc.option(fc.constantFrom('k1', 'k2'), { freq: 2 });
const pick = fc.nat(30);
const tag = fc.constantFrom<TagChoice[]>('none', 'none', 'newest', 'old', 'any', 'unknown');

const request = fc.record(
  {
    coordinator_id: coordinator,
    mentor_ids: fc.uniqueArray(mentor, { minLength: 1, maxLength: 6 }),
    activity_type: type,
    activity_date: date,
    duration_minutes: fc.constantFrom(1, 60),
    notes: fc.constantFrom('', 'one'),
    override_duplicates: fc.boolean(),
  },
  { requiredKeys: ['coordinator_id', 'mentor_ids', 'activity_type', 'activity_date', 'duration_minutes'] },
);

/** Sent with a key again and again, as it is or with one difference. */
const repeatedRequest = fc
  .constantFrom({}, { override_duplicates: false }, { notes: 'other' })
  .map((change) => ({
    coordinator_id: 'coord-1',
    mentor_ids: ['a', 'b', 'c', 'd'],
    activity_type: 'workshop',
    activity_date: '2026-03-28',
    duration_minutes: 60,
    ...change,
  }));

/** Mostly one condition at most: several together let hardly anything through. */
const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.constant({}),
  fc.record({ has_failures: fc.boolean() }),
  fc.record({ status: fc.constantFrom(...REGISTRATION_STATUSES) }),
  fc.record({ coordinator_id: coordinator, activity_type: type }),
  fc.record({ from: date, to: date }).map(({ from, to }) => (from <= to ? { from, to } : { to: from })),
  fc.record({ status: fc.constantFrom(...REGISTRATION_STATUSES), from: date, has_failures: fc.boolean() }),
);
const narrowed = fc.option(
  fc.record({ count: fc.constantFrom(1, 1, 2, 3), withStranger: fc.constantFrom(false, false, true) }),
  { freq: 2 },
);

const run = fc.tuple(pick, fc.integer({ min: 1, max: 3 })).map((args) => new RunMessage(...args));

const retry = fc
  .tuple(pick, fc.option(fc.boolean(), { freq: 2 }), narrowed, key)
  .map((args) => new Retry(...args));

/** What clients and workers may do; running counts several times, or nothing would ever finish. */
export const steps: fc.Arbitrary<Command>[] = [
  fc.tuple(request, fc.constant(null)).map((args) => new Submit(...args)),
  fc.tuple(repeatedRequest, key).map((args) => new Submit(...args)),
  request.map((asked) => new DryRun(asked)),
  run,
  run,
  run,
  run,
  retry,
  retry,
  fc.tuple(pick, fc.boolean(), tag).map((args) => new Remove(...args)),
  fc.tuple(pick, fc.constantFrom(...RESULTS_MODES), tag).map((args) => new ReadDetails(...args)),
  fc
    .tuple(
      pick,
      fc.option(fc.constantFrom(...RESULT_STATUSES)),
      fc.constantFrom(1, 2, 4, 1_000),
      fc.boolean(),
    )
    .map((args) => new ReadResults(...args)),
  fc.tuple(filter, fc.integer({ min: 1, max: 4 }), fc.boolean()).map((args) => new ReadList(...args)),
  pick.map((which) => new Watch(which)),
  pick.map((which) => new RunStaleMessage(which)),
  fc.constant(null).map(() => new LoseMessages()),
  fc.constant(null).map(() => new Sweep()),
];
