import {
  type FailureCode,
  type ListFilter,
  REGISTRATION_STATUSES,
  RESULT_STATUSES,
  RESULTS_MODES,
} from '@bulk/contract';
import fc from 'fast-check';
import { ApplyPlan, ChangeActivity, DryRun, Remove, Retry, Submit, Undo } from './commands.ts';
import { ReadDetails, ReadList, ReadResults, Watch } from './read-commands.ts';
import { ActScoped, ListScoped, SCOPED_ACTS } from './scoped-commands.ts';
import type { Command, TagChoice } from './step.ts';
import { LoseJobs, RunJob, RunStaleJob, Sweep } from './worker-commands.ts';

// Few values each, so that sequences meet the same mentors, keys and registrations again and again.
const mentor = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const type = fc.constantFrom('workshop', 'workshop', 'workshop', 'visit');
const date = fc.constantFrom('2026-03-28', '2026-03-28', '2026-03-28', '2026-03-29');
const coordinator = fc.constantFrom('coord-1', 'coord-2');
const key = fc.option(fc.constantFrom('k1', 'k2'), { freq: 2 });
const pick = fc.nat(30);
const tag = fc.constantFrom<TagChoice[]>('none', 'none', 'newest', 'old', 'any', 'unknown');

const label = fc.constantFrom('one', 'two');
const reference = fc.constantFrom('ref-1', 'ref-2');

const request = fc.record(
  {
    coordinator_id: coordinator,
    mentor_ids: fc.uniqueArray(mentor, { minLength: 1, maxLength: 6 }),
    activity_type: type,
    activity_date: date,
    duration_minutes: fc.constantFrom(1, 60),
    notes: fc.constantFrom('', 'one'),
    override_duplicates: fc.boolean(),
    label,
    external_reference: reference,
  },
  { requiredKeys: ['coordinator_id', 'mentor_ids', 'activity_type', 'activity_date', 'duration_minutes'] },
);

/** Sent with a key again and again, as it is or with one difference. */
const repeatedRequest = fc
  .constantFrom({}, { override_duplicates: false }, { notes: 'other' }, { external_reference: 'ref-1' })
  .map((change) => ({
    coordinator_id: 'coord-1',
    mentor_ids: ['a', 'b', 'c', 'd'],
    activity_type: 'workshop',
    activity_date: '2026-03-28',
    duration_minutes: 60,
    ...change,
  }));

/** Mostly one condition at most: several together let hardly anything through. */
const filter: fc.Arbitrary<ListFilter> = fc.oneof(
  fc.constant({}),
  fc.record({ has_failures: fc.boolean() }),
  fc.record({ status: fc.constantFrom(...REGISTRATION_STATUSES) }),
  fc.record({ coordinator_id: coordinator, activity_type: type }),
  fc.record({ label }),
  fc.record(
    { external_reference: reference, coordinator_id: coordinator },
    { requiredKeys: ['external_reference'] },
  ),
  fc.record({ from: date, to: date }).map(({ from, to }) => (from <= to ? { from, to } : { to: from })),
  fc.record({ status: fc.constantFrom(...REGISTRATION_STATUSES), from: date, has_failures: fc.boolean() }),
);
const narrowed = fc.option(
  fc.record({ count: fc.constantFrom(1, 1, 2, 3), withStranger: fc.constantFrom(false, false, true) }),
  { freq: 2 },
);

const codes = fc.option(
  fc.constantFrom<FailureCode[]>(['duplicate'], ['duplicate', 'rejected'], ['rejected']),
  { freq: 2 },
);

const run = fc
  .record({ pick, deliveries: fc.integer({ min: 1, max: 3 }) })
  .map((choice) => new RunJob(choice));

const retry = fc
  .record({ pick, overrides: fc.option(fc.boolean(), { freq: 2 }), narrowed, codes, key })
  .map((choice) => new Retry(choice));

const readResults = fc
  .record({
    pick,
    status: fc.option(fc.constantFrom(...RESULT_STATUSES)),
    limit: fc.constantFrom(1, 2, 4, 1_000),
    asFile: fc.boolean(),
  })
  .map((choice) => new ReadResults(choice));

const readList = fc
  .record({ filter, limit: fc.integer({ min: 1, max: 4 }), byCursor: fc.boolean() })
  .map((choice) => new ReadList(choice));

/** What clients and workers may do; running counts several times, or nothing would ever finish. */
export const steps: fc.Arbitrary<Command>[] = [
  request.map((asked) => new Submit({ request: asked, key: null })),
  fc.record({ request: repeatedRequest, key }).map((choice) => new Submit(choice)),
  request.map((asked) => new DryRun({ request: asked })),
  repeatedRequest.map((asked) => new DryRun({ request: asked })),
  fc.record({ pick, overridden: fc.nat(2), key }).map((choice) => new ApplyPlan(choice)),
  run,
  run,
  run,
  run,
  retry,
  retry,
  fc.record({ pick, key, ifMatch: tag }).map((choice) => new Undo(choice)),
  fc.record({ pick, key, ifMatch: tag }).map((choice) => new Undo(choice)),
  fc.record({ pick, index: fc.nat(5) }).map((choice) => new ChangeActivity(choice)),
  fc.record({ pick, onlyCancel: fc.boolean(), ifMatch: tag }).map((choice) => new Remove(choice)),
  fc
    .record({ pick, mode: fc.constantFrom(...RESULTS_MODES), ifNoneMatch: tag })
    .map((choice) => new ReadDetails(choice)),
  readResults,
  readList,
  fc.record({ pick }).map((choice) => new Watch(choice)),
  fc.record({ pick }).map((choice) => new RunStaleJob(choice)),
  fc.constant({}).map((choice) => new LoseJobs(choice)),
  fc
    .record({ retires: fc.constantFrom(true, ...Array<boolean>(3).fill(false)) })
    .map((choice) => new Sweep(choice)),
  fc.record({ pick, act: fc.constantFrom(...SCOPED_ACTS) }).map((choice) => new ActScoped(choice)),
  fc.constant({}).map((choice) => new ListScoped(choice)),
];
