import { useId, useState } from 'react';
import { counted } from '../format.ts';

interface Props {
  failureCount: number;
  tickedCount: number;
  isBusy: boolean;
  onRetry: (overrideDuplicates: boolean) => void;
  onUntick: () => void;
}

/** Retries all failed mentors, or only the ticked ones. */
export function RetryBar({ failureCount, tickedCount, isBusy, onRetry, onUntick }: Props) {
  const [isOverriding, setIsOverriding] = useState(false);
  const overrideId = useId();
  return (
    <div className="row retry-bar">
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
        {tickedCount > 0 && (
          <button type="button" className="button button-quiet" onClick={onUntick}>
            Clear the selection
          </button>
        )}
        <button
          type="button"
          className="button button-primary"
          aria-disabled={isBusy}
          onClick={() => {
            if (!isBusy) onRetry(isOverriding);
          }}
        >
          {tickedCount > 0
            ? `Retry ${counted(tickedCount, 'ticked mentor')}`
            : `Retry all ${counted(failureCount, 'failed mentor')}`}
        </button>
      </div>
    </div>
  );
}
