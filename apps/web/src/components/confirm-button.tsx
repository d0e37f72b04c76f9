import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type ReactNode, useRef } from 'react';
import './confirm-button.css';
import { useFocusKept } from './use-focus-kept.ts';

interface Props {
  label: string;
  title: string;
  children: ReactNode;
  confirmLabel: string;
  isBusy: boolean;
  onConfirm: () => void;
  /** Of the button that opens the question. */
  tone?: 'danger' | 'primary' | 'plain';
}

/** Renders a button that asks for confirmation before an action that cannot be undone. */
export function ConfirmButton({
  label,
  title,
  children,
  confirmLabel,
  isBusy,
  onConfirm,
  tone = 'danger',
}: Props) {
  const trigger = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  useFocusKept(trigger, popup);
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger
        ref={trigger}
        className={`button button-${tone}`}
        // Not disabled: the focus returns to it when the dialog closes.
        aria-disabled={isBusy}
        onClick={(event) => {
          if (isBusy) event.preventBaseUIHandler();
        }}
      >
        {label}
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="dialog-backdrop" />
        <AlertDialog.Popup ref={popup} className="dialog">
          <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
          <AlertDialog.Description>{children}</AlertDialog.Description>
          <div className="row dialog-actions">
            <AlertDialog.Close className="button">Back</AlertDialog.Close>
            <AlertDialog.Close className="button button-danger" onClick={onConfirm}>
              {confirmLabel}
            </AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
