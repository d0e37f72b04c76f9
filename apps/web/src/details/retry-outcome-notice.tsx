import { Notice } from '../components/notice.tsx';
import { count, counted } from '../format.ts';
import { useAttempts } from './use-attempts.ts';
import { useFailures } from './use-failures.ts';
import type { Registration } from './use-registration.ts';

/** Says what the last attempt did, if it was a retry: "2 mentors retried: 0 registered, 2 still duplicates." */
export function RetryOutcomeNotice({ registration }: { registration: Registration }) {
  const last = useAttempts(registration)?.at(-1);
  const failures = useFailures(registration);
  if (registration.status === 'processing') return null;
  if (last?.kind !== 'retry' || last.finished_at === null || last.outcome === null) return null;
  const { success_count, failure_count, not_done_count } = last.outcome;
  // The reasons of a single attempt are not stored; they are known where there is only one.
  const isAllDuplicates = failures.length === 1 && failures[0]?.error_code === 'duplicate';
  const duplicates = failure_count === 1 ? 'a duplicate' : 'duplicates';
  const parts = [
    `${count(success_count)} registered`,
    ...(failure_count > 0
      ? [`${count(failure_count)} ${isAllDuplicates ? `still ${duplicates}` : 'failed again'}`]
      : []),
    ...(not_done_count > 0 ? [`${count(not_done_count)} not done`] : []),
  ];
  return (
    <Notice tone={success_count === last.mentor_count ? 'good' : 'warn'} role="status">
      <p>
        {counted(last.mentor_count, 'mentor')} retried: {parts.join(', ')}.
      </p>
    </Notice>
  );
}
