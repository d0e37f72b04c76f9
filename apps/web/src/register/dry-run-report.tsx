import type { DryRunResponse, Duplicate } from '@bulk/contract';
import { Link } from 'wouter';
import { Notice } from '../components/notice.tsx';
import { useRangeSelection } from '../components/use-range-selection.ts';
import { VirtualRows } from '../components/virtual-rows.tsx';
import { count, counted, moment } from '../format.ts';
import './dry-run-report.css';

interface Props {
  report: DryRunResponse;
  selected: ReadonlySet<string>;
  onSelectedChange: (selected: ReadonlySet<string>) => void;
}

/** Who would be a duplicate; those who are selected get one more activity all the same. */
export function DryRunReport({ report, selected, onSelectedChange }: Props) {
  const { duplicates, mentor_count, success_count } = report;
  const ids = duplicates.map(({ mentor_id }) => mentor_id);
  const change = useRangeSelection(ids, selected, onSelectedChange);
  if (duplicates.length === 0) {
    return (
      <Notice tone="good">
        <p>
          Nobody has this activity yet.{' '}
          {mentor_count === 1 ? 'The mentor' : `All ${count(mentor_count)} mentors`} would get it.
        </p>
      </Notice>
    );
  }
  const isAll = selected.size === duplicates.length;

  return (
    <div className="stack">
      <p>
        <strong>{count(success_count)}</strong> of {counted(mentor_count, 'mentor')} would get the activity.{' '}
        <strong>{count(duplicates.length)}</strong> {duplicates.length === 1 ? 'has' : 'have'} it already, and
        would be left out as {duplicates.length === 1 ? 'a duplicate' : 'duplicates'}. Select who should get a
        second activity.
      </p>
      <div className="card duplicates">
        <VirtualRows
          rows={duplicates}
          keyOf={({ mentor_id }) => mentor_id}
          label="Duplicates"
          className="duplicate-rows"
          header={
            <>
              <span role="columnheader">
                <input
                  type="checkbox"
                  aria-label="Select all duplicates"
                  checked={isAll}
                  ref={(box) => {
                    if (box) box.indeterminate = !isAll && selected.size > 0;
                  }}
                  onChange={() => onSelectedChange(new Set(isAll ? [] : ids))}
                />
              </span>
              <span role="columnheader">Mentor</span>
              <span role="columnheader">Existing activity</span>
            </>
          }
          renderRow={({ mentor_id, ...existing }) => (
            <>
              <span role="cell">
                <input
                  type="checkbox"
                  aria-label={`One more activity for ${mentor_id}`}
                  checked={selected.has(mentor_id)}
                  onChange={(event) => change(mentor_id, event)}
                />
              </span>
              <span role="cell" className="verbatim">
                {mentor_id}
              </span>
              <span role="cell">
                <Existing {...existing} />
              </span>
            </>
          )}
        />
      </div>
      {selected.size > 0 && (
        <Notice tone="info">
          <p>{counted(selected.size, 'selected mentor')} will get a second activity.</p>
        </Notice>
      )}
    </div>
  );
}

/** The activity that a duplicate has, and who registered it. */
function Existing(existing: Omit<Duplicate, 'mentor_id'>) {
  const { existing_activity_id, coordinator_id, registration_id, registered_at } = existing;
  if (existing_activity_id === undefined) return 'The mentor has this activity from another coordinator.';
  return (
    <>
      <span className="mono">{existing_activity_id}</span>
      {registration_id !== undefined && registered_at !== undefined && (
        <span className="muted">
          {' '}
          by <span className="verbatim">{coordinator_id}</span> on {moment(registered_at)}, in{' '}
          <Link href={`/registrations/${registration_id}`}>{registration_id}</Link>
        </span>
      )}
    </>
  );
}
