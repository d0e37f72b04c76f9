import { Notice } from '../components/notice.tsx';
import { count, counted } from '../format.ts';
import type { RetryOutcome } from './use-retry-outcome.ts';

/** Says what came of a retry: "2 mentors retried: 0 registered, 2 still duplicates." */
export function RetryOutcomeNotice({ outcome }: { outcome: RetryOutcome }) {
  const { retried, registered, duplicates, failed, notDone } = outcome;
  const parts = [
    `${count(registered)} registered`,
    ...(duplicates > 0
      ? [`${count(duplicates)} still ${duplicates === 1 ? 'a duplicate' : 'duplicates'}`]
      : []),
    ...(failed > 0 ? [`${count(failed)} failed for another reason`] : []),
    ...(notDone > 0 ? [`${count(notDone)} not done`] : []),
  ];
  return (
    <Notice tone={registered === retried ? 'good' : 'warn'} role="status">
      <p>
        {counted(retried, 'mentor')} retried: {parts.join(', ')}.
      </p>
    </Notice>
  );
}
