import type { StatusSnapshot } from '@bulk/client';
import { Fact } from '../components/fact.tsx';
import { IdHeading } from '../components/id-heading.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { calendarDay, counted, moment } from '../format.ts';
import { DetailsActions } from './details-actions.tsx';
import type { useActions } from './use-actions.ts';
import type { Registration } from './use-registration.ts';

interface Props {
  registration: Registration;
  snapshot: StatusSnapshot | undefined;
  actions: ReturnType<typeof useActions>;
}

/** Shows the fields of a registration, and the buttons that cancel, undo or delete it. */
export function DetailsHeader({ registration, snapshot, actions }: Props) {
  const { id, status } = registration;
  return (
    <header className="stack">
      <div className="page-heading">
        <div className="row">
          <IdHeading id={id} />
          <StatusBadge status={status} />
        </div>
        <DetailsActions registration={registration} snapshot={snapshot} actions={actions} />
      </div>
      <Facts registration={registration} />
    </header>
  );
}

function Facts({ registration }: { registration: Registration }) {
  const { activity_type, activity_date, duration_minutes, coordinator_id, created_at, completed_at } =
    registration;
  const { retry_count, override_duplicates, notes, label, external_reference } = registration;
  return (
    <dl className="facts">
      {label !== null && <Fact label="Label" value={label} isWide />}
      <Fact label="Activity" value={activity_type} />
      <Fact label="Date" value={calendarDay(activity_date)} />
      <Fact label="Duration" value={counted(duration_minutes, 'minute')} />
      <Fact label="Coordinator" value={coordinator_id} />
      {external_reference !== null && <Fact label="External reference" value={external_reference} />}
      <Fact label="Submitted" value={moment(created_at)} />
      {completed_at !== null && <Fact label="Ended" value={moment(completed_at)} />}
      {retry_count > 0 && (
        <Fact
          label="Retries"
          value={`${retry_count}${override_duplicates ? ', the last with override' : ''}`}
        />
      )}
      {notes !== null && notes !== '' && <Fact label="Notes" value={notes} isWide />}
    </dl>
  );
}
