import type { StatusSnapshot } from '@bulk/client';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { count, counted } from '../format.ts';
import { CopyToForm } from './copy-to-form.tsx';
import type { useActions } from './use-actions.ts';
import type { Registration } from './use-registration.ts';

interface Props {
  registration: Registration;
  snapshot: StatusSnapshot | undefined;
  actions: ReturnType<typeof useActions>;
}

/** Renders the buttons that copy, cancel, undo or delete a registration. */
export function DetailsActions({ registration, snapshot, actions: { cancel, undo, remove } }: Props) {
  const { id, status, success_count, retry_count, history, progress } = registration;
  const isProcessing = status === 'processing';
  const isUndoing = isProcessing && history.at(-1)?.action === 'undone';
  // A new key closes an open question: what it asks about has changed.
  const state = `${status} ${retry_count} ${isUndoing}`;
  return (
    <div className="row">
      {status === 'cancelled' && progress.pending > 0 && (
        <CopyToForm
          registration={registration}
          label={`Register the ${count(progress.pending)} not done`}
          isNotDoneOnly
        />
      )}
      <CopyToForm registration={registration} label="New from this one" />
      {isProcessing && (
        <ConfirmButton
          key={`cancel ${state}`}
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
      )}
      {!isProcessing && success_count > 0 && (
        <ConfirmButton
          key={`undo ${state}`}
          label="Undo"
          title={`Undo ${id}?`}
          confirmLabel="Delete the activities"
          isBusy={undo.isPending}
          onConfirm={() => undo.mutate()}
        >
          This deletes the activities of {counted(success_count, 'mentor')}. Activities that were changed
          since are kept.
        </ConfirmButton>
      )}
      {!isProcessing && (
        <ConfirmButton
          key={`delete ${state}`}
          label="Delete"
          title={`Delete ${id}?`}
          confirmLabel="Delete the registration"
          isBusy={remove.isPending}
          onConfirm={() => remove.mutate(snapshot)}
        >
          This deletes the registration and its results. The activities it created are kept.
        </ConfirmButton>
      )}
    </div>
  );
}
