import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { ReactNode } from 'react';
import './confirm-button.css';

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
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger className={`button button-${tone}`} disabled={isBusy}>
        {label}
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="dialog-backdrop" />
        <AlertDialog.Popup className="dialog">
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
