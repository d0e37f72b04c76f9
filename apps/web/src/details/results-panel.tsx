import type { MentorResult, ResultStatus } from '@bulk/contract';
import { useDeferredValue, useId, useMemo, useState } from 'react';
import { messageOf } from '../api.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { Notice } from '../components/notice.tsx';
import { count, counted } from '../format.ts';
import { Downloads } from './downloads.tsx';
import './results-panel.css';
import { FailuresByCode } from './failures-by-code.tsx';
import { ResultsTable } from './results-table.tsx';
import { RetryBar } from './retry-bar.tsx';
import { RetryOutcomeNotice } from './retry-outcome-notice.tsx';
import type { useActions } from './use-actions.ts';
import type { Registration } from './use-registration.ts';
import { useResults } from './use-results.ts';

interface Props {
  registration: Registration;
  retry: ReturnType<typeof useActions>['retry'];
}

const SHOWN: Record<ResultStatus | 'all', string> = {
  all: 'All',
  failed: 'Failed',
  success: 'Registered',
  pending: 'Waiting',
  cancelled: 'Cancelled',
  undone: 'Undone',
  kept: 'Kept',
};

/** Shows the result of each mentor, and retries the failed mentors. */
export function ResultsPanel({ registration, retry }: Props) {
  const { status, failure_count, mentor_count } = registration;
  const results = useResults(registration);
  const [shown, setShown] = useState<keyof typeof SHOWN>('all');
  const [sought, setSought] = useState('');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const searchId = useId();
  const filter = useDeferredValue(sought.trim());
  const rows = useMemo(() => matching(results.rows, shown, filter), [results.rows, shown, filter]);
  const failed = useMemo(() => results.rows.filter(({ status }) => status === 'failed'), [results.rows]);
  // A mentor that was selected may have been retried by somebody else.
  const acting = useMemo(() => failed.filter(({ mentor_id }) => selected.has(mentor_id)), [failed, selected]);
  const hiddenCount = useMemo(() => {
    const visible = new Set(rows.map(({ mentor_id }) => mentor_id));
    return acting.filter(({ mentor_id }) => !visible.has(mentor_id)).length;
  }, [rows, acting]);
  const canRetry = (status === 'completed' || status === 'failed') && failure_count > 0;

  const startRetry = (overrideDuplicates: boolean) =>
    retry.mutate(
      {
        overrideDuplicates,
        mentorIds: acting.length > 0 ? acting.map(({ mentor_id }) => mentor_id) : null,
      },
      { onSuccess: () => setSelected(new Set()) },
    );

  return (
    <section className="stack" aria-labelledby="results-heading">
      <div className="page-heading">
        <h2 id="results-heading">Mentors</h2>
        <div className="row">
          {failed.length > 0 && failed.length >= failure_count && (
            <CopyButton
              label={
                acting.length > 0
                  ? `Copy the ${counted(acting.length, 'selected ID')}`
                  : `Copy the ${counted(failed.length, 'failed ID')}`
              }
              text={(acting.length > 0 ? acting : failed).map(({ mentor_id }) => mentor_id).join('\n')}
              said="The IDs were copied, one per line."
            />
          )}
          <Downloads registration={registration} />
        </div>
      </div>
      <RetryOutcomeNotice registration={registration} />
      <FailuresByCode registration={registration} failed={failed} canRetry={canRetry} retry={retry} />
      <div className="card results">
        <div className="results-filter">
          <select
            className="input"
            aria-label="Show"
            value={shown}
            onChange={(event) => setShown(event.target.value as keyof typeof SHOWN)}
          >
            {Object.entries(SHOWN).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
          <input
            id={searchId}
            className="input"
            type="search"
            placeholder="Find a mentor"
            aria-label="Find a mentor"
            value={sought}
            onChange={(event) => setSought(event.target.value)}
          />
          <p className="muted numeric" role="status">
            {results.isReading && results.rows.length < mentor_count
              ? `Loading … ${count(results.rows.length)} of ${count(mentor_count)}`
              : counted(rows.length, 'mentor')}
          </p>
        </div>
        {canRetry && (
          <RetryBar
            failureCount={failure_count}
            failed={failed}
            selected={acting}
            hiddenCount={hiddenCount}
            isBusy={retry.isPending}
            onRetry={startRetry}
            onClearSelection={() => setSelected(new Set())}
          />
        )}
        {results.error && (
          <Notice tone="warn">
            <p>Could not load the results. {messageOf(results.error)}</p>
          </Notice>
        )}
        {rows.length > 0 ? (
          <ResultsTable rows={rows} selected={canRetry ? selected : null} onSelectedChange={setSelected} />
        ) : (
          <p className="muted results-none">
            {results.isReading ? 'Loading …' : 'No mentors match the search and the filter.'}
          </p>
        )}
      </div>
    </section>
  );
}

function matching(rows: readonly MentorResult[], shown: ResultStatus | 'all', sought: string) {
  if (shown === 'all' && sought === '') return rows;
  const text = sought.toLowerCase();
  return rows.filter(
    ({ status, mentor_id }) =>
      (shown === 'all' || status === shown) && mentor_id.toLowerCase().includes(text),
  );
}
