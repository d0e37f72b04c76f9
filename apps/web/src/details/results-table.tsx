import type { MentorResult } from '@bulk/contract';
import { StatusBadge } from '../components/status-badge.tsx';
import { useRangeSelection } from '../components/use-range-selection.ts';
import { VirtualRows } from '../components/virtual-rows.tsx';

interface Props {
  rows: readonly MentorResult[];
  /** null: nothing can be retried now, so there are no check boxes. */
  selected: ReadonlySet<string> | null;
  onSelectedChange: (selected: ReadonlySet<string>) => void;
}

const NONE: ReadonlySet<string> = new Set();

/** Shows the results. Shift selects a range of failed mentors. */
export function ResultsTable({ rows, selected, onSelectedChange }: Props) {
  const failed = rows.filter(({ status }) => status === 'failed').map(({ mentor_id }) => mentor_id);
  const isAll = failed.length > 0 && failed.every((id) => selected?.has(id));
  const change = useRangeSelection(failed, selected ?? NONE, onSelectedChange);
  const changeAll = () => {
    const next = new Set(selected);
    for (const id of failed) {
      if (isAll) next.delete(id);
      else next.add(id);
    }
    onSelectedChange(next);
  };

  return (
    <VirtualRows
      rows={rows}
      keyOf={({ mentor_id }) => mentor_id}
      label="Results by mentor"
      className={selected === null ? 'result-rows' : 'result-rows result-rows-selectable'}
      header={
        <>
          {selected !== null && (
            <span role="columnheader">
              <input
                type="checkbox"
                aria-label="Select all failed mentors shown"
                disabled={failed.length === 0}
                checked={isAll}
                ref={(box) => {
                  if (box) box.indeterminate = !isAll && selected.size > 0;
                }}
                onChange={changeAll}
              />
            </span>
          )}
          <span role="columnheader">Mentor</span>
          <span role="columnheader">Result</span>
          <span role="columnheader">Activity or error</span>
        </>
      }
      renderRow={(row) => (
        <>
          {selected !== null && (
            <span role="cell">
              {row.status === 'failed' && (
                <input
                  type="checkbox"
                  aria-label={`Select ${row.mentor_id}`}
                  checked={selected.has(row.mentor_id)}
                  onChange={(event) => change(row.mentor_id, event)}
                />
              )}
            </span>
          )}
          <span role="cell" className="verbatim result-mentor">
            {row.mentor_id}
          </span>
          <span role="cell">
            <StatusBadge status={row.status} />
          </span>
          <span role="cell" className="result-outcome">
            <Outcome row={row} />
          </span>
        </>
      )}
    />
  );
}

function Outcome({ row: { activity_id, error, existing_activity_id } }: { row: MentorResult }) {
  if (activity_id !== null && error === undefined) return <span className="mono">{activity_id}</span>;
  if (error === undefined) return <span className="muted">–</span>;
  return (
    <>
      {error.message} {activity_id !== null && <span className="mono">{activity_id}</span>}
      {existing_activity_id !== undefined && (
        <>
          {' '}
          Existing activity: <span className="mono">{existing_activity_id}</span>.
        </>
      )}
    </>
  );
}
