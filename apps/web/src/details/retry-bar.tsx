import type { MentorResult } from '@bulk/contract';
import { useId, useRef, useState } from 'react';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { useFocusKept } from '../components/use-focus-kept.ts';
import { count, counted } from '../format.ts';

interface Props {
  failureCount: number;
  /** The failed mentors that were read. */
  failed: readonly MentorResult[];
  /** Those of them that are selected; none: all are retried. */
  selected: readonly MentorResult[];
  /** How many selected mentors the search or the filter hides. */
  hiddenCount: number;
  isBusy: boolean;
  onRetry: (overrideDuplicates: boolean) => void;
  onClearSelection: () => void;
}

/** Retries all failed mentors, or only the selected ones. Asks before it writes extra activities. */
export function RetryBar(props: Props) {
  const { failureCount, failed, selected, hiddenCount, isBusy, onRetry, onClearSelection } = props;
  const [isOverriding, setIsOverriding] = useState(false);
  const overrideId = useId();
  const bar = useRef<HTMLDivElement>(null);
  useFocusKept(bar);
  const isAll = selected.length === 0;
  const extraCount = isAll
    ? duplicateCount(failed) + Math.max(0, failureCount - failed.length)
    : duplicateCount(selected);
  const isCounted = !isAll || failed.length >= failureCount;
  const label = isAll
    ? `Retry ${failureCount === 1 ? '' : 'all '}${counted(failureCount, 'failed mentor')}`
    : `Retry ${counted(selected.length, 'selected mentor')}`;
  const clear = () => {
    // The button that was pressed goes away.
    bar.current?.querySelector<HTMLElement>('.button-primary')?.focus();
    onClearSelection();
  };
  const extra = `${isCounted ? '' : 'up to '}${count(extraCount)} extra ${extraCount === 1 ? 'activity' : 'activities'}`;

  return (
    <div ref={bar} className="row retry-bar">
      <label className="check" htmlFor={overrideId}>
        <input
          id={overrideId}
          type="checkbox"
          checked={isOverriding}
          onChange={(event) => setIsOverriding(event.target.checked)}
        />
        Give duplicates one more activity (override)
      </label>
      <div className="row">
        <p role="status" className="muted numeric">
          {!isAll && selectionOf(selected.length, hiddenCount)}
        </p>
        {!isAll && (
          <button type="button" className="button button-quiet" onClick={clear}>
            Clear the selection
          </button>
        )}
        {isOverriding && extraCount > 0 ? (
          <ConfirmButton
            label={label}
            tone="primary"
            title={`Write ${extra}?`}
            confirmLabel={`Write ${extra}`}
            isBusy={isBusy}
            onConfirm={() => onRetry(true)}
          >
            {extraCount === 1
              ? '1 mentor has this activity already, and gets one more.'
              : `${counted(extraCount, 'mentor')} have this activity already. Each gets one more.`}
            {hiddenCount > 0 && ` ${selectionOf(selected.length, hiddenCount)}`}
          </ConfirmButton>
        ) : (
          <button
            type="button"
            className="button button-primary"
            aria-disabled={isBusy}
            onClick={() => {
              if (!isBusy) onRetry(isOverriding);
            }}
          >
            {label}
          </button>
        )}
      </div>
    </div>
  );
}

function duplicateCount(results: readonly MentorResult[]): number {
  return results.filter(({ error }) => error?.code === 'duplicate').length;
}

function selectionOf(selected: number, hidden: number): string {
  const all = `${count(selected)} selected`;
  if (hidden === 0) return `${all}.`;
  return selected === 1
    ? `${all}. The search or the filter hides it.`
    : `${all}, ${count(hidden)} of them hidden by the search or the filter.`;
}
