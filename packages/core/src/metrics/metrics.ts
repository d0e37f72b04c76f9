import { RESULT_ERROR_CODES, TRANSIENT_ERRORS } from '@bulk/contract';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { version } from '../version.ts';

/**
 * Everything that a process counts, for Prometheus. Counting costs about a microsecond, so it is never off; it
 * is shown where METRICS_PORT is set. No label has a value of a caller: each has a few known values.
 */
export type Metrics = ReturnType<typeof createMetrics>;

const OUTCOMES = ['completed', 'failed', 'cancelled'] as const;

/** Creates the metrics of a process, all at 0. What is not counted but read, is in `state-gauges.ts`. */
export function createMetrics(program: 'api' | 'worker') {
  const registry = new Registry();
  const registers = [registry];

  new Gauge({
    name: 'bulk_build_info',
    help: 'Always 1. Its labels tell which program of which version this is.',
    labelNames: ['program', 'version'],
    registers,
  }).set({ program, version: version() }, 1);

  const metrics = {
    registry,

    httpRequestSeconds: new Histogram({
      name: 'bulk_http_request_duration_seconds',
      help: 'Requests that were answered, and how long each took to its end. An event stream takes as long as somebody watches.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    openEventStreams: new Gauge({
      name: 'bulk_event_streams_open',
      help: 'Event streams that are open now.',
      registers,
    }),
    acceptanceSeconds: new Histogram({
      name: 'bulk_acceptance_duration_seconds',
      help: 'Registrations (submit) and retries (retry) that were accepted, and how long it took to store each.',
      labelNames: ['operation'],
      registers,
    }),

    batchSeconds: new Histogram({
      name: 'bulk_batch_duration_seconds',
      help: 'Batches that were tried, and how long each took. superseded: another job had written it, or the attempt was over. error: it will be tried again.',
      labelNames: ['outcome'],
      registers,
    }),
    registrationsEnded: new Counter({
      name: 'bulk_registrations_ended_total',
      help: 'Registrations that ended. One that is retried ends once more.',
      labelNames: ['outcome'],
      registers,
    }),
    mentorResults: new Counter({
      name: 'bulk_mentor_results_total',
      help: 'Results of mentors that were written. error_code is empty for a success.',
      labelNames: ['status', 'error_code'],
      registers,
    }),
    transientErrors: new Counter({
      name: 'bulk_transient_errors_total',
      help: 'Jobs that a transient error stopped; each is tried again.',
      labelNames: ['code'],
      registers,
    }),
    sweeps: new Counter({
      name: 'bulk_sweeps_total',
      help: 'Sweeps that this worker made.',
      registers,
    }),
    reEnqueued: new Counter({
      name: 'bulk_registrations_re_enqueued_total',
      help: 'Registrations whose job was lost, and that the sweeper enqueued again.',
      registers,
    }),
    stalledJobs: new Counter({
      name: 'bulk_jobs_stalled_total',
      help: 'Jobs that were taken from a worker that did not extend its lock.',
      labelNames: ['queue'],
      registers,
    }),
    webhookAttempts: new Counter({
      name: 'bulk_webhook_attempts_total',
      help: 'Attempts to deliver an event to the webhook. error: it will be tried again. given_up: it will not.',
      labelNames: ['outcome'],
      registers,
    }),
  };

  // A series that appears with its first event hides that event from rate().
  for (const operation of ['submit', 'retry']) metrics.acceptanceSeconds.zero({ operation });
  for (const outcome of ['written', 'superseded', 'error']) metrics.batchSeconds.zero({ outcome });
  for (const outcome of OUTCOMES) metrics.registrationsEnded.inc({ outcome }, 0);
  metrics.mentorResults.inc({ status: 'success', error_code: '' }, 0);
  for (const code of RESULT_ERROR_CODES) metrics.mentorResults.inc({ status: 'failed', error_code: code }, 0);
  for (const code of Object.keys(TRANSIENT_ERRORS)) metrics.transientErrors.inc({ code }, 0);
  for (const outcome of ['delivered', 'error', 'given_up']) metrics.webhookAttempts.inc({ outcome }, 0);
  return metrics;
}
