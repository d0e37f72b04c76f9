import type { StatusSnapshot } from '@bulk/client';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { counted } from '../format.ts';
import type { useActions } from './use-actions.ts';
import type { Registration } from './use-registration.ts';

interface Props {
  registration: Registration;
  snapshot: StatusSnapshot | undefined;
  actions: ReturnType<typeof useActions>;
}

/** Renders the buttons that cancel, undo or delete a registration. */
export function DetailsActions({ registration, snapshot, actions: { cancel, undo, remove } }: Props) {
  const { id, status, success_count, retry_count, history } = registration;
  const isUndoing = status === 'processing' && history.at(-1)?.action === 'undone';
  // A new key closes an open question: what it asks about has changed.
  const state = `${status} ${retry_count} ${isUndoing}`;
  if (status === 'processing') {
    return (
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
    );
  }
  return (
    <div className="row">
      {success_count > 0 && (
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
    </div>
  );
}
