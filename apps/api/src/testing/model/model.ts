import type {
  CreateRegistrationRequest,
  HistoryEntry,
  ListFilter,
  ProblemCode,
  RegistrationStatus,
  RetryRegistrationRequest,
} from '@bulk/contract';

/** As the contract tells it, with nothing of how it is done: no batches, no generations, no statements. */
export class Model {
  readonly batchSize: number;
  /** In the order of their creation; those that were deleted are marked. */
  readonly registrations: ModelRegistration[] = [];
  /** Which mentor of which registration was first to get an activity. */
  readonly firstActivities = new Map<string, { registration: ModelRegistration; mentorId: string }>();
  readonly keys = new Map<string, { request: string; answer: unknown }>();
  /** What dry runs answered with, and whom they found. */
  readonly plans: Array<{ request: CreateRegistrationRequest; plan: string; duplicates: string[] }> = [];

  constructor(batchSize: number) {
    this.batchSize = batchSize;
  }

  submit(request: CreateRegistrationRequest, id: string, createdAt: string): ModelRegistration {
    const { override_duplicates = false } = request;
    const registration: ModelRegistration = {
      id,
      createdAt,
      request,
      status: 'processing',
      retryCount: 0,
      overrides: override_duplicates,
      results: request.mentor_ids.map(() => 'pending'),
      work: request.mentor_ids.map((_, index) => index),
      hasStarted: false,
      isUndoing: false,
      changed: new Set(),
      hasJob: true,
      isDeleted: false,
      history: [{ action: 'accepted', mentor_count: request.mentor_ids.length }],
    };
    this.registrations.push(registration);
    return registration;
  }

  /** Whether a registration that is not deleted has the reference of a request. */
  isReferenceTaken({ coordinator_id, external_reference }: CreateRegistrationRequest): boolean {
    if (external_reference === undefined) return false;
    return this.list({ coordinator_id, external_reference }).length > 0;
  }

  /** The mentors of a request who have its activity. */
  duplicatesOf(request: CreateRegistrationRequest): string[] {
    return request.mentor_ids.filter((mentor) => this.firstActivities.has(activityKey(request, mentor)));
  }

  /** Which registration, of which coordinator, a mentor has the activity from. */
  registeredBy(request: CreateRegistrationRequest, mentor: string): object {
    const registration = this.firstActivities.get(activityKey(request, mentor))?.registration;
    return { coordinator_id: registration?.request.coordinator_id, registration_id: registration?.id };
  }

  /** null: the retry is accepted. */
  refusalOfRetry(
    registration: ModelRegistration | null,
    { mentor_ids = [], error_codes = ['duplicate'] }: Omit<RetryRegistrationRequest, 'action'>,
  ): Refusal | null {
    if (registration === null || registration.isDeleted) return { code: 'registration_not_found' };
    if (registration.status === 'processing') return { code: 'still_processing' };
    if (registration.status === 'cancelled') return { code: 'was_cancelled' };
    if (registration.status === 'undone') return { code: 'was_undone' };
    const failed = new Set(mentorsThat(registration, 'duplicate'));
    if (failed.size === 0 || !error_codes.includes('duplicate')) return { code: 'nothing_failed' };
    const strangers = mentor_ids.flatMap((mentor, index) =>
      failed.has(mentor) ? [] : [`#/mentor_ids/${index}`],
    );
    return strangers.length > 0 ? { code: 'validation', pointers: strangers } : null;
  }

  retry(registration: ModelRegistration, request: RetryRegistrationRequest): void {
    const { mentor_ids } = registration.request;
    const wanted = new Set(request.mentor_ids ?? mentor_ids);
    registration.work = registration.results.flatMap((result, index) =>
      result === 'duplicate' && wanted.has(mentor_ids[index] ?? '') ? [index] : [],
    );
    for (const index of registration.work) registration.results[index] = 'pending';
    registration.hasStarted = false;
    registration.status = 'processing';
    registration.retryCount += 1;
    registration.overrides = request.override_duplicates ?? registration.overrides;
    registration.hasJob = true;
    registration.history.push({
      action: 'retried',
      mentor_count: registration.work.length,
      override_duplicates: registration.overrides,
    });
  }

  /** null: the undo is accepted. */
  refusalOfUndo(registration: ModelRegistration | null): Refusal | null {
    if (registration === null || registration.isDeleted) return { code: 'registration_not_found' };
    if (registration.status === 'processing') return { code: 'still_processing' };
    if (registration.status === 'undone') return { code: 'was_undone' };
    return countOf(registration, 'success') > 0 ? null : { code: 'nothing_succeeded' };
  }

  undo(registration: ModelRegistration): void {
    registration.work = registration.results.flatMap((result, index) =>
      result === 'success' ? [index] : [],
    );
    for (const index of registration.work) registration.results[index] = 'pending';
    registration.hasStarted = false;
    registration.status = 'processing';
    registration.isUndoing = true;
    registration.hasJob = true;
    registration.history.push({ action: 'undone', mentor_count: registration.work.length });
  }

  /** Whom an undo has not reached is a success again. */
  cancel(registration: ModelRegistration): void {
    registration.status = 'cancelled';
    registration.history.push({ action: 'cancelled' });
    const left = registration.isUndoing ? 'success' : 'cancelled';
    registration.results = registration.results.map((result) => (result === 'pending' ? left : result));
  }

  runBatch(registration: ModelRegistration): void {
    registration.hasStarted = true;
    if (registration.isUndoing) this.undoBatch(registration);
    else this.registerBatch(registration);
  }

  private undoBatch(registration: ModelRegistration): void {
    for (const index of registration.work.splice(0, this.batchSize)) {
      const isKept = registration.changed.has(index);
      registration.results[index] = isKept ? 'kept' : 'undone';
      const key = activityKey(registration.request, registration.request.mentor_ids[index] ?? '');
      const isFirst = this.firstActivities.get(key)?.registration === registration;
      if (isFirst && !isKept) this.firstActivities.delete(key);
    }
    if (registration.work.length > 0) return;
    registration.status = 'undone';
    registration.hasJob = false;
  }

  private registerBatch(registration: ModelRegistration): void {
    for (const index of registration.work.splice(0, this.batchSize)) {
      const mentorId = registration.request.mentor_ids[index] ?? '';
      const key = activityKey(registration.request, mentorId);
      const isFirst = !this.firstActivities.has(key);
      if (isFirst) this.firstActivities.set(key, { registration, mentorId });
      const isOverridden =
        registration.overrides ||
        (registration.retryCount === 0 && registration.request.override_mentor_ids?.includes(mentorId));
      registration.results[index] = isFirst || isOverridden ? 'success' : 'duplicate';
    }
    if (registration.work.length > 0) return;
    registration.status = registration.results.includes('success') ? 'completed' : 'failed';
    registration.hasJob = false;
  }

  /** Newest first. */
  list(filter: ListFilter): ModelRegistration[] {
    return this.registrations.filter((each) => !each.isDeleted && matches(each, filter)).toReversed();
  }
}

export interface ModelRegistration {
  readonly id: string;
  readonly createdAt: string;
  readonly request: CreateRegistrationRequest;
  status: RegistrationStatus;
  retryCount: number;
  overrides: boolean;
  results: ModelResult[];
  /** Indexes of the mentors that the attempt has still to run. */
  work: number[];
  /** Whether a batch of the attempt has run. */
  hasStarted: boolean;
  /** Whether the latest attempt is an undo. */
  isUndoing: boolean;
  /** Indexes of the mentors whose activity somebody changed. */
  changed: Set<number>;
  /** Whether the queue has a job for it. */
  hasJob: boolean;
  isDeleted: boolean;
  history: Pick<HistoryEntry, 'action' | 'mentor_count' | 'override_duplicates'>[];
}

export type ModelResult = 'pending' | 'success' | 'duplicate' | 'cancelled' | 'undone' | 'kept';

export interface Refusal {
  code: ProblemCode;
  pointers?: string[];
}

export function countOf({ results }: ModelRegistration, wanted: ModelResult): number {
  return results.filter((result) => result === wanted).length;
}

/** How many mentors have a result. */
export function processedBy({ results }: ModelRegistration): number {
  return results.filter((result) => result !== 'pending' && result !== 'cancelled').length;
}

export function mentorsThat({ request, results }: ModelRegistration, wanted: ModelResult): string[] {
  return request.mentor_ids.filter((_, index) => results[index] === wanted);
}

export function activityKey({ activity_date, activity_type }: CreateRegistrationRequest, mentorId: string) {
  return `${activity_date} ${activity_type} ${mentorId}`;
}

export function attemptOf({ history }: ModelRegistration): number {
  return 1 + history.filter(({ action }) => action === 'retried' || action === 'undone').length;
}

/** What an entity tag stands for. */
export function versionOf(registration: ModelRegistration): string {
  const { status } = registration;
  const counts = (['success', 'duplicate', 'undone', 'kept'] as const).map((each) =>
    countOf(registration, each),
  );
  return [status, attemptOf(registration), ...counts].join();
}

function matches(registration: ModelRegistration, filter: ListFilter): boolean {
  const { request, status } = registration;
  const hasFailures = countOf(registration, 'duplicate') > 0;
  return (
    (filter.status ?? status) === status &&
    (filter.coordinator_id ?? request.coordinator_id) === request.coordinator_id &&
    (filter.activity_type ?? request.activity_type) === request.activity_type &&
    (filter.label ?? request.label) === request.label &&
    (filter.external_reference ?? request.external_reference) === request.external_reference &&
    (filter.from ?? '') <= request.activity_date &&
    (filter.to ?? '9999-12-31') >= request.activity_date &&
    (filter.has_failures ?? hasFailures) === hasFailures
  );
}
