import type {
  ActivityDetails,
  AttemptsResponse,
  CallerResponse,
  CreateRegistrationRequest,
  CreateRegistrationResponse,
  DeleteRegistrationResponse,
  DryRunResponse,
  FailureCode,
  FailuresResponse,
  ListDeliveriesResponse,
  ListMentorActivitiesQuery,
  ListMentorActivitiesResponse,
  ListRegistrationsQuery,
  ListRegistrationsResponse,
  MentorResult,
  OperationsResponse,
  RegistrationDetails,
  ResultsResponse,
  RetryRegistrationResponse,
  SearchResponse,
  TotalsResponse,
  UndoRegistrationResponse,
  VerificationResponse,
  WebhookDelivery,
} from '@bulk/contract';
import {
  ACTIVITIES_PATH,
  CALLER_PATH,
  MENTORS_PATH,
  OPERATIONS_PATH,
  SEARCH_PATH,
  TOTALS_PATH,
} from '@bulk/contract/plain';
import { cancelRegistration, type DeleteOptions, deleteRegistration } from './deletion.ts';
import type { RegistrationState } from './registration-state.ts';
import {
  type Download,
  type DownloadOptions,
  downloadResults,
  eachResult,
  type ResultsOptions,
  type ResultsUrlOptions,
  resultPages,
  resultsUrl,
} from './results.ts';
import {
  type GetOptions,
  pathOf,
  readDetails,
  readStatus,
  type Snapshot,
  type StatusOptions,
  type StatusSnapshot,
} from './snapshot.ts';
import { type Call, type CallOptions, type ClientOptions, createTransport } from './transport.ts';
import { type WatchOptions, watch } from './watch.ts';

export interface KeyedOptions extends CallOptions {
  /** Names this request: with the same key it is carried out once, however often it is sent. One is made if none is given. */
  idempotencyKey?: string | undefined;
}

export interface RetryFailedOptions extends KeyedOptions {
  /** Left out, it stays as it was. */
  overrideDuplicates?: boolean | undefined;
  /** Only these of the failed mentors; left out, all of them. */
  mentorIds?: readonly string[] | undefined;
  /** Only failed mentors with one of these codes; left out, all of them. */
  errorCodes?: readonly FailureCode[] | undefined;
}

export type BulkClient = ReturnType<typeof createClient>;

/**
 * The service from a program or a page. Needs nothing but `fetch`.
 *
 * Every call takes a signal, and throws `ApiProblem` when the service says no, `ServiceUnreachable` when
 * there is no answer after some tries, and the signal's reason when it is aborted. Each is safe to repeat,
 * and is repeated by itself where that may help: nothing is ever carried out twice.
 */
export function createClient(clientOptions: ClientOptions) {
  const transport = createTransport(clientOptions);
  const sendForJson = <T>(call: Call, options: CallOptions) =>
    transport.send(call, options, async (response) => (await response.json()) as T);

  return {
    create(
      request: CreateRegistrationRequest,
      { idempotencyKey = newKey(), ...options }: KeyedOptions = {},
    ): Promise<CreateRegistrationResponse> {
      const headers = { 'idempotency-key': idempotencyKey };
      return sendForJson({ method: 'POST', body: request, headers }, options);
    },

    /** What would become of it; nothing is written. */
    dryRun(request: CreateRegistrationRequest, options: CallOptions = {}): Promise<DryRunResponse> {
      return sendForJson({ method: 'POST', body: request, query: { dry_run: true } }, options);
    },

    /** With `known`, an earlier answer, this very object comes back when nothing has changed. */
    get(id: string, options: GetOptions = {}): Promise<Snapshot> {
      return readDetails(transport, id, options);
    },

    /** As `get`, without mentors and results: small, however many mentors there are. */
    status(id: string, options: StatusOptions = {}): Promise<StatusSnapshot> {
      return readStatus(transport, id, options);
    },

    list(query: ListRegistrationsQuery = {}, options: CallOptions = {}): Promise<ListRegistrationsResponse> {
      return sendForJson({ method: 'GET', query }, options);
    },

    retryFailed(
      id: string,
      {
        overrideDuplicates,
        mentorIds,
        errorCodes,
        idempotencyKey = newKey(),
        ...options
      }: RetryFailedOptions = {},
    ): Promise<RetryRegistrationResponse> {
      const body = {
        action: 'retry_failed',
        override_duplicates: overrideDuplicates,
        mentor_ids: mentorIds,
        error_codes: errorCodes,
      };
      const headers = { 'idempotency-key': idempotencyKey };
      return sendForJson({ method: 'PUT', path: pathOf(id), body, headers }, options);
    },

    /** Deletes the activities that the registration wrote, except those that were changed since. */
    undo(
      id: string,
      { idempotencyKey = newKey(), ...options }: KeyedOptions = {},
    ): Promise<UndoRegistrationResponse> {
      const headers = { 'idempotency-key': idempotencyKey };
      return sendForJson({ method: 'POST', path: `${pathOf(id)}/undo`, headers }, options);
    },

    /** Cancels what is running, and never deletes. */
    cancel(id: string, options: CallOptions = {}): Promise<DeleteRegistrationResponse> {
      return cancelRegistration(transport, id, options);
    },

    /**
     * Deletes what has ended, and never cancels.
     *
     * @throws ApiProblem `still_processing`, `changed_meanwhile`
     */
    delete(id: string, options: DeleteOptions = {}): Promise<DeleteRegistrationResponse> {
      return deleteRegistration(transport, id, options);
    },

    /** What became of each mentor, one after the other and in their order; reads on as it is asked. */
    results(id: string, options: ResultsOptions = {}): AsyncGenerator<MentorResult, void, undefined> {
      return eachResult(transport, id, options);
    },

    /** How many mentors failed, by error code. */
    failures(id: string, options: CallOptions = {}): Promise<FailuresResponse> {
      return sendForJson({ method: 'GET', path: `${pathOf(id)}/failures` }, options);
    },

    /** The registration itself, its retries and undos, and what each of them did. */
    attempts(id: string, options: CallOptions = {}): Promise<AttemptsResponse> {
      return sendForJson({ method: 'GET', path: `${pathOf(id)}/attempts` }, options);
    },

    /** Counts results and activities again, and compares them with the counters. */
    verify(id: string, options: CallOptions = {}): Promise<VerificationResponse> {
      return sendForJson({ method: 'GET', path: `${pathOf(id)}/verification` }, options);
    },

    /** Lists what was sent to the webhook, the newest first. */
    deliveries(id: string, options: CallOptions = {}): Promise<ListDeliveriesResponse> {
      return sendForJson({ method: 'GET', path: `${pathOf(id)}/deliveries` }, options);
    },

    /** Sends a delivery again, under the same id. */
    redeliver(id: string, deliveryId: string, options: CallOptions = {}): Promise<WebhookDelivery> {
      const path = `${pathOf(id)}/deliveries/${encodeURIComponent(deliveryId)}/redeliver`;
      return sendForJson({ method: 'POST', path }, options);
    },

    /** Finds what a text names: at most ten hits. */
    search(q: string, options: CallOptions = {}): Promise<SearchResponse> {
      return sendForJson({ method: 'GET', root: SEARCH_PATH, query: { q } }, options);
    },

    /** An activity, and the registration that wrote it. */
    activity(id: string, options: CallOptions = {}): Promise<ActivityDetails> {
      return sendForJson({ method: 'GET', root: ACTIVITIES_PATH, path: pathOf(id) }, options);
    },

    /** The activities of a mentor, the latest day first. */
    mentorActivities(
      mentorId: string,
      query: ListMentorActivitiesQuery = {},
      options: CallOptions = {},
    ): Promise<ListMentorActivitiesResponse> {
      const path = `${pathOf(mentorId)}/activities`;
      return sendForJson({ method: 'GET', root: MENTORS_PATH, path, query }, options);
    },

    /** What is processing, what failed in the last day, and mentors registered in the last week. */
    totals(options: CallOptions = {}): Promise<TotalsResponse> {
      return sendForJson({ method: 'GET', root: TOTALS_PATH }, options);
    },

    /** Tells how the service is doing. Needs the role admin. */
    operations(options: CallOptions = {}): Promise<OperationsResponse> {
      return sendForJson({ method: 'GET', root: OPERATIONS_PATH }, options);
    },

    /** Tells who the caller is, and its role. */
    caller(options: CallOptions = {}): Promise<CallerResponse> {
      return sendForJson({ method: 'GET', root: CALLER_PATH }, options);
    },

    resultPages(id: string, options: ResultsOptions = {}): AsyncGenerator<ResultsResponse, void, undefined> {
      return resultPages(transport, id, options);
    },

    /** For a link. A browser that follows it brings neither `apiKey` nor `headers` along. */
    resultsUrl(id: string, options: ResultsUrlOptions): string {
      return resultsUrl(transport, id, options);
    },

    download(id: string, options: DownloadOptions): Promise<Download> {
      return downloadResults(transport, id, options);
    },

    /** Where it stands, now and whenever that changes; the last one is final. Leave the loop, or abort, at any time. */
    watch(id: string, options: WatchOptions = {}): AsyncGenerator<RegistrationState, void, undefined> {
      return watch(transport, id, options);
    },

    /** Resolves when nothing is processing any more, with the details as they then are. */
    async wait(
      id: string,
      { results, ...options }: WatchOptions & Pick<GetOptions, 'results'> = {},
    ): Promise<RegistrationDetails> {
      for (;;) {
        for await (const _ of watch(transport, id, options));
        const { signal } = options;
        const { details } = await readDetails(transport, id, { results, signal });
        // Else it was retried in between.
        if (details.status !== 'processing') return details;
      }
    },
  };
}

/** An idempotency key. Not `crypto.randomUUID`, which pages have on https only. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
