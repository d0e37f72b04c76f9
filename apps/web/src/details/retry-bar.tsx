import { useId, useState } from 'react';
import { counted } from '../format.ts';

interface Props {
  failureCount: number;
  selectedCount: number;
  isBusy: boolean;
  onRetry: (overrideDuplicates: boolean) => void;
  onClearSelection: () => void;
}

/** Retries all failed mentors, or only the selected ones. */
export function RetryBar({ failureCount, selectedCount, isBusy, onRetry, onClearSelection }: Props) {
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
        {selectedCount > 0 && (
          <button type="button" className="button button-quiet" onClick={onClearSelection}>
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
          {selectedCount > 0
            ? `Retry ${counted(selectedCount, 'selected mentor')}`
            : `Retry all ${counted(failureCount, 'failed mentor')}`}
        </button>
      </div>
    </div>
  );
}
