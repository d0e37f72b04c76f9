import type { RegistrationState } from '@bulk/client';
import { formatCount } from '../format-count.ts';

const BAR_WIDTH = 20;

export interface LineOptions {
  /** In characters; longer lines are cut off. */
  width: number;
  hasBar: boolean;
}

/** Formats the progress: `bulk-002  ███████░░░  62 %  62,000 of 100,000  20 failed  12,300/s  3 s left` */
export function progressLine(
  state: RegistrationState,
  { width, hasBar }: LineOptions,
  now: number = Date.now(),
): string {
  const { id, mentor_count, failure_count, progress } = state;
  const parts = [
    id,
    ...(hasBar ? [bar(progress.percent)] : []),
    `${String(progress.percent).padStart(3)} %`,
    `${formatCount(progress.processed)} of ${formatCount(mentor_count)}`,
    ...(failure_count > 0 ? [`${formatCount(failure_count)} failed`] : []),
    ...(state.status === 'processing' ? prospects(state, now) : [state.status]),
  ];
  return parts.join('  ').slice(0, width);
}

function bar(percent: number): string {
  const filled = Math.floor((percent * BAR_WIDTH) / 100);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

/** Says why it does not progress, or its rate and remaining time. */
function prospects(
  { transient_error, waiting_reason, waiting_ahead, progress, rate, estimated_end }: RegistrationState,
  now: number,
) {
  if (transient_error !== null) return [`transient error: ${transient_error.message}`];
  if (waiting_reason !== null) return [waiting_reason.message];
  if (progress.processed === 0 && waiting_ahead) return [`${formatCount(waiting_ahead)} ahead in the queue`];
  return [
    ...(rate === null ? [] : [`${formatCount(Math.round(rate))}/s`]),
    ...(estimated_end === null ? [] : [`${timeLeft(Date.parse(estimated_end) - now)} left`]),
  ];
}

function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.ceil(seconds / 3_600)} h`;
}
