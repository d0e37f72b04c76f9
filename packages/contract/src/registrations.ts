import { type Static, Type } from 'typebox';
import {
  ActivityDate,
  ActivityId,
  ActivityType,
  CoordinatorId,
  DurationMinutes,
  ExternalReference,
  Label,
  MentorIds,
  Notes,
  RegistrationId,
  Timestamp,
} from './fields.ts';
import { LIMITS } from './plain.ts';
import { FAILURE_CODES, MentorResult } from './results.ts';
import { oneOf, RegistrationStatusSchema } from './statuses.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const MentorCount = count('Mentors of this registration.');
const SuccessCount = count('Mentors whose activity was written.');
const FailureCount = count('Mentors whose record was refused.');
const UndoneCount = count('Mentors whose activity was deleted by an undo.');
const KeptCount = count('Mentors whose activity was not deleted by an undo: it was changed, or gone.');
const FinishedAt = Type.Union([Timestamp, Type.Null()], { description: 'null while processing.' });

// Responses list the contract's fields first, in its order, and additions after them.

export const CreateRegistrationRequest = Type.Object(
  {
    coordinator_id: CoordinatorId,
    mentor_ids: MentorIds,
    activity_type: ActivityType,
    activity_date: ActivityDate,
    duration_minutes: DurationMinutes,
    notes: Type.Optional(Notes),
    label: Type.Optional(Label),
    external_reference: Type.Optional(ExternalReference),
    override_duplicates: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Write one more activity for mentors who already have this one, instead of failing them.',
      }),
    ),
    override_mentor_ids: Type.Optional(
      Type.Array(MentorIds.items, {
        minItems: 1,
        maxItems: LIMITS.mentorsPerRegistration,
        uniqueItems: true,
        description: 'As override_duplicates, but only for these of the mentors. A retry does not repeat it.',
      }),
    ),
    plan: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LIMITS.planLength,
        pattern: '^[A-Za-z0-9_-]+$',
        description:
          'The plan of a dry run of the same request: accept it only if the same mentors are duplicates as then.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type CreateRegistrationRequest = Static<typeof CreateRegistrationRequest>;

export const CreateRegistrationResponse = Type.Object({
  id: RegistrationId,
  coordinator_id: CoordinatorId,
  mentor_ids: MentorIds,
  activity_type: ActivityType,
  activity_date: ActivityDate,
  mentor_count: MentorCount,
  status: RegistrationStatusSchema,
  created_at: Timestamp,
});
export type CreateRegistrationResponse = Static<typeof CreateRegistrationResponse>;

export const CreateRegistrationQuery = Type.Object(
  {
    dry_run: Type.Optional(
      Type.Boolean({ default: false, description: 'Only tell what would become of it; write nothing.' }),
    ),
  },
  { additionalProperties: false },
);
export type CreateRegistrationQuery = Static<typeof CreateRegistrationQuery>;

export const Duplicate = Type.Object({
  mentor_id: MentorIds.items,
  // All are left out where the activity belongs to a coordinator whom the caller may not see.
  existing_activity_id: Type.Optional(ActivityId),
  coordinator_id: Type.Optional(CoordinatorId),
  registration_id: Type.Optional(RegistrationId),
  registered_at: Type.Optional(Timestamp),
});
export type Duplicate = Static<typeof Duplicate>;

export const DryRunResponse = Type.Object({
  mentor_count: MentorCount,
  success_count: count('Mentors who would get the activity now.'),
  failure_count: count('Mentors who would fail as duplicates now.'),
  duplicates: Type.Array(Duplicate, {
    description:
      'Who has the activity already, in the order of mentor_ids; with override they would get one more.',
  }),
  plan: Type.String({
    description:
      'What was found, for the field plan of the request: it is accepted only if the duplicates are the same then.',
    examples: ['Qm9va2VlcGVyAAE'],
  }),
});
export type DryRunResponse = Static<typeof DryRunResponse>;

export const RetryRegistrationRequest = Type.Object(
  {
    action: oneOf(['retry_failed'] as const),
    override_duplicates: Type.Optional(
      Type.Boolean({ description: 'As in the request; left out, it stays as it was.' }),
    ),
    mentor_ids: Type.Optional(
      Type.Array(MentorIds.items, {
        minItems: 1,
        maxItems: LIMITS.mentorsPerRegistration,
        uniqueItems: true,
        description: 'Retry only these of the failed mentors; left out, all of them.',
      }),
    ),
    error_codes: Type.Optional(
      Type.Array(oneOf(FAILURE_CODES), {
        minItems: 1,
        maxItems: FAILURE_CODES.length,
        uniqueItems: true,
        description: 'Retry only failed mentors with one of these error codes; left out, all of them.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type RetryRegistrationRequest = Static<typeof RetryRegistrationRequest>;

export const RetryRegistrationResponse = Type.Object({
  id: RegistrationId,
  status: RegistrationStatusSchema,
  retry_count: count('Accepted retries.'),
  updated_at: Timestamp,
});
export type RetryRegistrationResponse = Static<typeof RetryRegistrationResponse>;

export const UndoRegistrationResponse = Type.Object({
  id: RegistrationId,
  status: RegistrationStatusSchema,
  updated_at: Timestamp,
});
export type UndoRegistrationResponse = Static<typeof UndoRegistrationResponse>;

export const DeleteRegistrationQuery = Type.Object(
  { only: Type.Optional(oneOf(['cancel'] as const, { description: 'Cancel, but never delete.' })) },
  { additionalProperties: false },
);
export type DeleteRegistrationQuery = Static<typeof DeleteRegistrationQuery>;

export const DeleteRegistrationResponse = Type.Object({ message: Type.String() });
export type DeleteRegistrationResponse = Static<typeof DeleteRegistrationResponse>;

export const RESULTS_MODES = ['all', 'failed', 'none'] as const;
export type ResultsMode = (typeof RESULTS_MODES)[number];

export const GetRegistrationQuery = Type.Object(
  {
    results: Type.Optional(
      oneOf(RESULTS_MODES, { default: 'all', description: 'Which results to list. Not with view.' }),
    ),
    view: Type.Optional(
      oneOf(['status'] as const, {
        description:
          'Leaves out mentor_ids and results: about 1 KB, however many mentors there are. For polling.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type GetRegistrationQuery = Static<typeof GetRegistrationQuery>;

export const TRANSIENT_ERRORS = {
  database_unavailable: 'The database could not be reached; the work goes on when it is back.',
  database_busy: 'The database asked to try again; the work goes on shortly.',
  internal: 'An error of the service; the work is retried.',
} as const;
export type TransientErrorCode = keyof typeof TRANSIENT_ERRORS;

export const TransientError = Type.Object({
  since: Timestamp,
  code: oneOf(Object.keys(TRANSIENT_ERRORS) as TransientErrorCode[]),
  message: Type.String(),
});

export const WAITING_REASONS = {
  no_worker: 'No worker has been seen lately. What was accepted waits until one is started.',
  queue_paused: 'The queue is paused. What was accepted waits until it is resumed.',
} as const;
export type WaitingReasonCode = keyof typeof WAITING_REASONS;

export const WaitingReason = Type.Object({
  code: oneOf(Object.keys(WAITING_REASONS) as WaitingReasonCode[]),
  since: Type.Union([Timestamp, Type.Null()], {
    description: 'When the last worker was seen; null where it is not known.',
  }),
  message: Type.String(),
});
export type WaitingReason = Static<typeof WaitingReason>;

export const RegistrationProgress = Type.Object({
  processed: count(
    'Mentors with a result: success_count, failure_count, undone_count and kept_count together.',
  ),
  pending: count('Mentors without one. After a cancel they stay here, with the status cancelled.'),
  percent: Type.Integer({
    minimum: 0,
    maximum: 100,
    description: 'Of the mentors, rounded down: 100 only when none is pending.',
    examples: [62],
  }),
  started_at: Type.Union([Timestamp, Type.Null()], {
    description:
      'When the first batch of the current attempt was written; null before, so also after each retry or undo.',
  }),
});
export type RegistrationProgress = Static<typeof RegistrationProgress>;

export const HistoryEntry = Type.Object({
  action: oneOf(['accepted', 'retried', 'cancelled', 'undone'] as const),
  by: Type.String({
    description: 'The name of the key, the subject of the token, or anonymous where the API is open.',
    examples: ['front office'],
  }),
  at: Timestamp,
  mentor_count: Type.Optional(MentorCount),
  override_duplicates: Type.Optional(Type.Boolean()),
});
export type HistoryEntry = Static<typeof HistoryEntry>;

export const RegistrationDetails = Type.Object({
  id: RegistrationId,
  coordinator_id: CoordinatorId,
  activity_type: ActivityType,
  activity_date: ActivityDate,
  duration_minutes: DurationMinutes,
  mentor_ids: MentorIds,
  status: RegistrationStatusSchema,
  success_count: SuccessCount,
  failure_count: FailureCount,
  results: Type.Array(MentorResult, { description: 'In the order of mentor_ids.' }),
  created_at: Timestamp,
  completed_at: FinishedAt,
  mentor_count: MentorCount,
  notes: Type.Union([Notes, Type.Null()]),
  override_duplicates: Type.Boolean({ description: 'Of the latest attempt.' }),
  retry_count: count('Accepted retries.'),
  updated_at: Timestamp,
  transient_error: Type.Union([TransientError, Type.Null()], {
    description:
      'Set while a transient error is retried: since when, and why. The mentors concerned stay pending.',
  }),
  progress: RegistrationProgress,
  waiting_reason: Type.Union([WaitingReason, Type.Null()], {
    description:
      'Why nothing is worked on, while the status is `processing`; null while work goes on. Not a part of the ETag.',
  }),
  history: Type.Array(HistoryEntry, { description: 'Who asked for what, the oldest first.' }),
  undone_count: UndoneCount,
  kept_count: KeptCount,
  label: Type.Union([Label, Type.Null()]),
  external_reference: Type.Union([ExternalReference, Type.Null()]),
});
export type RegistrationDetails = Static<typeof RegistrationDetails>;

/** What `view=status` answers. */
export const RegistrationWithoutMentors = Type.Omit(RegistrationDetails, ['mentor_ids', 'results']);
export type RegistrationWithoutMentors = Static<typeof RegistrationWithoutMentors>;

export const RegistrationSummary = Type.Object({
  id: RegistrationId,
  coordinator_id: CoordinatorId,
  activity_type: ActivityType,
  activity_date: ActivityDate,
  mentor_count: MentorCount,
  status: RegistrationStatusSchema,
  success_count: SuccessCount,
  failure_count: FailureCount,
  created_at: Timestamp,
  // Left out where the registration has none.
  label: Type.Optional(Label),
  external_reference: Type.Optional(ExternalReference),
});
export type RegistrationSummary = Static<typeof RegistrationSummary>;

/** The orders of the list: those that an index carries. */
export const LIST_SORTS = ['-created_at', 'created_at'] as const;

export const ListRegistrationsQuery = Type.Object(
  {
    page: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        default: 1,
        description: 'page times limit is at most 10,000; use `after` to go further.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: LIMITS.pageSize, default: LIMITS.defaultPageSize }),
    ),
    after: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description:
          'The next_cursor of an earlier answer: goes on from there, exact while registrations arrive. Instead of page.',
      }),
    ),
    status: Type.Optional(RegistrationStatusSchema),
    coordinator_id: Type.Optional(CoordinatorId),
    activity_type: Type.Optional(ActivityType),
    from: Type.Optional({ ...ActivityDate, description: 'Activities on this day or later.' }),
    to: Type.Optional({ ...ActivityDate, description: 'Activities on this day or earlier.' }),
    has_failures: Type.Optional(Type.Boolean({ description: 'Whether a mentor failed.' })),
    label: Type.Optional({ ...Label, description: 'Registrations with exactly this label.' }),
    external_reference: Type.Optional(ExternalReference),
    sort: Type.Optional(
      oneOf(LIST_SORTS, {
        default: '-created_at',
        description: 'Of when they were accepted: the newest first (`-created_at`), or the oldest first.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ListRegistrationsQuery = Static<typeof ListRegistrationsQuery>;

/** Which registrations a list has, whatever its page and order. */
export type ListFilter = Omit<ListRegistrationsQuery, 'page' | 'limit' | 'after' | 'sort'>;

export const ListRegistrationsResponse = Type.Object({
  data: Type.Array(RegistrationSummary, { description: 'Newest first, unless sort says otherwise.' }),
  pagination: Type.Object({
    page: Type.Integer({ minimum: 1 }),
    limit: Type.Integer({ minimum: 1 }),
    total: count('Registrations that match the filters; with filters counted up to 10,000.'),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: 'For `after`; null on the last page.',
    }),
    total_is_exact: Type.Boolean({ description: 'false: there are more than total.' }),
  }),
});
export type ListRegistrationsResponse = Static<typeof ListRegistrationsResponse>;
