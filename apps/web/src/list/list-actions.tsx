import type { RegistrationSummary } from '@bulk/contract';
import { type ReactNode, useRef } from 'react';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { Notice } from '../components/notice.tsx';
import { useFocusKept } from '../components/use-focus-kept.ts';
import { count, counted } from '../format.ts';
import { actedOn, type BulkAction, useBulkAction } from './use-bulk-action.ts';

interface Props {
  selected: readonly RegistrationSummary[];
  onClear: () => void;
}

/** Retries, cancels or deletes the selected registrations, after a question that says how many. */
export function ListActions({ selected, onClear }: Props) {
  const bulk = useBulkAction();
  const button = (
    action: BulkAction,
    verb: string,
    question: (acted: readonly RegistrationSummary[]) => ReactNode,
  ) => {
    const acted = actedOn(action, selected);
    if (acted.length === 0) return null;
    return (
      <ConfirmButton
        label={`${verb} ${count(acted.length)}`}
        tone={action === 'retry' ? 'plain' : 'danger'}
        title={`${verb} ${counted(acted.length, 'registration')}?`}
        confirmLabel={`${verb} ${counted(acted.length, 'registration')}`}
        isBusy={bulk.isPending}
        onConfirm={() => bulk.mutate({ action, registrations: acted }, { onSuccess: onClear })}
      >
        {question(acted)} {leftOut(selected.length - acted.length)}
      </ConfirmButton>
    );
  };
  return (
    <>
      {selected.length > 0 && (
        <Bar>
          <p role="status" className="numeric">
            {bulk.isPending ? 'Working …' : `${counted(selected.length, 'registration')} selected.`}
          </p>
          {button(
            'retry',
            'Retry',
            (acted) => `This retries ${counted(failuresOf(acted), 'failed mentor')}.`,
          )}
          {button(
            'cancel',
            'Cancel',
            () =>
              'Mentors who are already registered stay registered. The others will not be registered. You cannot resume a cancelled registration.',
          )}
          {button('delete', 'Delete', (acted) =>
            acted.length === 1
              ? 'This deletes the registration and its results. The activities it created are kept.'
              : 'This deletes the registrations and their results. The activities they created are kept.',
          )}
          <button type="button" className="button button-quiet" onClick={onClear}>
            Clear the selection
          </button>
        </Bar>
      )}
      {bulk.data !== undefined && bulk.data.length > 0 && (
        <Notice tone="bad" role="alert">
          <div>
            <p>{counted(bulk.data.length, 'registration')} could not be changed:</p>
            <ul>
              {bulk.data.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </div>
        </Notice>
      )}
    </>
  );
}

function Bar({ children }: { children: ReactNode }) {
  const bar = useRef<HTMLElement>(null);
  useFocusKept(bar);
  return (
    <section ref={bar} className="card row list-actions" aria-label="Actions on the selected registrations">
      {children}
    </section>
  );
}

function failuresOf(registrations: readonly RegistrationSummary[]): number {
  return registrations.reduce((sum, { failure_count }) => sum + failure_count, 0);
}

function leftOut(number: number): string {
  if (number === 0) return '';
  return number === 1
    ? 'The other selected registration is left as it is.'
    : `The other ${count(number)} selected registrations are left as they are.`;
}
