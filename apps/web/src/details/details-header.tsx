import type { StatusSnapshot } from '@bulk/client';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { calendarDay, counted, moment } from '../format.ts';
import './details-header.css';
import type { useActions } from './use-actions.ts';
import type { Registration } from './use-registration.ts';

interface Props {
  registration: Registration;
  snapshot: StatusSnapshot | undefined;
  actions: ReturnType<typeof useActions>;
}

/** Shows the fields of a registration, and the buttons that cancel, undo or delete it. */
export function DetailsHeader({ registration, snapshot, actions: { cancel, undo, remove } }: Props) {
  const { id, status, success_count, history } = registration;
  const isUndoing = status === 'processing' && history.at(-1)?.action === 'undone';
  return (
    <header className="stack">
      <div className="page-heading">
        <div className="row">
          <h1 className="verbatim">{id}</h1>
          <StatusBadge status={status} />
        </div>
        {status === 'processing' ? (
          <ConfirmButton
            label="Cancel"
            title={`Cancel ${id}?`}
            confirmLabel={isUndoing ? 'Cancel the undo' : 'Cancel the registration'}
            isBusy={cancel.isPending}
            onConfirm={() => cancel.mutate()}
          >
            {isUndoing
              ? 'Activities that are deleted stay deleted. The others are kept, and you can undo them later.'
              : 'Mentors who are already registered stay registered. The others will not be registered. You cannot resume a cancelled registration.'}
          </ConfirmButton>
        ) : (
          <div className="row">
            {success_count > 0 && (
              <ConfirmButton
                label="Undo"
                title={`Undo ${id}?`}
                confirmLabel="Delete the activities"
                isBusy={undo.isPending}
                onConfirm={() => undo.mutate()}
              >
                This deletes the activities of {counted(success_count, 'mentor')}. Activities that were
                changed since are kept.
              </ConfirmButton>
            )}
            <ConfirmButton
              label="Delete"
              title={`Delete ${id}?`}
              confirmLabel="Delete the registration"
              isBusy={remove.isPending}
              onConfirm={() => remove.mutate(snapshot)}
            >
              This deletes the registration and its results. The activities it created are kept.
            </ConfirmButton>
          </div>
        )}
      </div>
      <Facts registration={registration} />
    </header>
  );
}

function Facts({ registration }: { registration: Registration }) {
  const { activity_type, activity_date, duration_minutes, coordinator_id, created_at, completed_at } =
    registration;
  const { retry_count, override_duplicates, notes } = registration;
  return (
    <dl className="facts">
      <Fact label="Activity" value={activity_type} />
      <Fact label="Date" value={calendarDay(activity_date)} />
      <Fact label="Duration" value={counted(duration_minutes, 'minute')} />
      <Fact label="Coordinator" value={coordinator_id} />
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

function Fact({ label, value, isWide = false }: { label: string; value: string; isWide?: boolean }) {
  return (
    <div className={isWide ? 'fact-wide' : undefined}>
      <dt>{label}</dt>
      <dd className="verbatim">{value}</dd>
    </div>
  );
}
