import type { RegistrationSummary } from '@bulk/contract';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { OutcomeBar } from '../components/outcome-bar.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { useRangeSelection } from '../components/use-range-selection.ts';
import { ago, calendarDay, count, counted, moment } from '../format.ts';

interface Props {
  registrations: readonly RegistrationSummary[];
  selected: ReadonlySet<string>;
  onSelectedChange: (selected: ReadonlySet<string>) => void;
}

/** Lists registrations. Shift selects a range of them. */
export function ListTable({ registrations, selected, onSelectedChange }: Props) {
  const now = Date.now();
  const ids = registrations.map(({ id }) => id);
  const change = useRangeSelection(ids, selected, onSelectedChange);
  const isAll = ids.every((id) => selected.has(id));
  const hasLabels = registrations.some(({ label, external_reference }) => label ?? external_reference);
  return (
    <div className="card list-table">
      <table>
        <caption className="visually-hidden">Registrations</caption>
        <thead>
          <tr>
            <td className="list-select">
              <input
                type="checkbox"
                aria-label="Select all registrations shown"
                checked={isAll}
                ref={(box) => {
                  if (box) box.indeterminate = !isAll && selected.size > 0;
                }}
                onChange={() => onSelectedChange(new Set(isAll ? [] : ids))}
              />
            </td>
            <th scope="col">Registration</th>
            <th scope="col">Activity</th>
            <th scope="col" className="list-wide">
              Coordinator
            </th>
            {hasLabels && <th scope="col">Label</th>}
            <th scope="col">Mentors</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {registrations.map((registration) => (
            <ListRow key={registration.id} registration={registration} now={now} hasLabels={hasLabels}>
              <input
                type="checkbox"
                aria-label={`Select ${registration.id}`}
                checked={selected.has(registration.id)}
                onChange={(event) => change(registration.id, event)}
              />
            </ListRow>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  registration: RegistrationSummary;
  now: number;
  /** Whether a registration of the list has a label or a reference. */
  hasLabels: boolean;
  /** Its check box. */
  children: ReactNode;
}

function ListRow({ registration, now, hasLabels, children }: RowProps) {
  const { label, external_reference } = registration;
  const { id, activity_type, activity_date, coordinator_id, mentor_count, created_at } = registration;
  return (
    <tr>
      <td className="list-select">{children}</td>
      <th scope="row">
        <Link className="list-link" href={`/registrations/${id}`}>
          {id}
        </Link>
        <time className="list-detail" dateTime={created_at} title={moment(created_at)}>
          {ago(created_at, now)}
        </time>
      </th>
      <td>
        <span className="verbatim">{activity_type}</span>
        <span className="list-detail">{calendarDay(activity_date)}</span>
      </td>
      <td className="list-wide verbatim">{coordinator_id}</td>
      {hasLabels && (
        <td className="list-label verbatim">
          {label}
          {external_reference !== undefined && <span className="list-detail">{external_reference}</span>}
        </td>
      )}
      <td>
        <span className="numeric">{count(mentor_count)}</span>
        <OutcomeBar registration={registration} />
        <span className="list-detail numeric">{outcomeOf(registration)}</span>
      </td>
      <td>
        <StatusBadge status={registration.status} />
      </td>
    </tr>
  );
}

function outcomeOf({ status, mentor_count, success_count, failure_count }: RegistrationSummary): string {
  if (status === 'undone') return 'undone';
  const open = mentor_count - success_count - failure_count;
  const parts = [
    failure_count > 0 ? `${count(failure_count)} failed` : '',
    open > 0 ? `${count(open)} ${status === 'processing' ? 'waiting' : 'not done'}` : '',
  ].filter(Boolean);
  return (
    parts.join(', ') ||
    (mentor_count === success_count ? 'all registered' : counted(success_count, 'success'))
  );
}
