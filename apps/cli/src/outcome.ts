import type { RegistrationState } from '@bulk/client';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { formatCount } from './format-count.ts';
import { colored, type Io, type Screen } from './io.ts';

/** Fields that details and states of a watch have in common. */
export type Standing = Pick<
  RegistrationState,
  'id' | 'status' | 'mentor_count' | 'success_count' | 'failure_count' | 'undone_count' | 'kept_count'
>;

/** Returns the exit code for a registration: `ok` also while it is processing. */
export function exitCodeOf({ status, failure_count, kept_count }: Standing): ExitCode {
  if (status === 'processing') return EXIT.ok;
  if (status === 'undone') return kept_count === 0 ? EXIT.ok : EXIT.notAllSucceeded;
  return status === 'completed' && failure_count === 0 ? EXIT.ok : EXIT.notAllSucceeded;
}

/** Formats the outcome: `bulk-002 completed: 99,980 of 100,000 succeeded, 20 failed` */
export function outcomeLine(standing: Standing, screen: Screen, io: Pick<Io, 'env'>): string {
  const { id, status, mentor_count, success_count, failure_count, undone_count, kept_count } = standing;
  const counts = [
    status === 'undone'
      ? `${formatCount(undone_count)} of ${formatCount(mentor_count)} undone`
      : `${formatCount(success_count)} of ${formatCount(mentor_count)} succeeded`,
    ...(status !== 'undone' && undone_count > 0 ? [`${formatCount(undone_count)} undone`] : []),
    ...(kept_count > 0 ? [`${formatCount(kept_count)} kept`] : []),
    ...(failure_count > 0 ? [`${formatCount(failure_count)} failed`] : []),
    ...openCount(standing),
  ];
  return `${id} ${colored(status, colorOf(standing), screen, io)}: ${counts.join(', ')}`;
}

function openCount(standing: Standing): string[] {
  const { status, mentor_count, success_count, failure_count, undone_count, kept_count } = standing;
  const open = mentor_count - success_count - failure_count - undone_count - kept_count;
  if (open === 0) return [];
  return [`${formatCount(open)} ${status === 'processing' ? 'pending' : 'cancelled'}`];
}

function colorOf({ status, failure_count, kept_count }: Standing): 'green' | 'yellow' | 'red' {
  if (status === 'undone' && kept_count === 0) return 'green';
  if (status === 'completed' && failure_count === 0) return 'green';
  return status === 'failed' || status === 'cancelled' ? 'red' : 'yellow';
}
