import type { ReactNode } from 'react';
import './notice.css';

interface Props {
  tone: 'info' | 'good' | 'warn' | 'bad';
  children: ReactNode;
  /** alert interrupts a screen reader; status waits for a pause; without a role it is read with the page. */
  role?: 'alert' | 'status';
}

export function Notice({ tone, children, role }: Props) {
  return (
    <div className={`notice notice-${tone}`} role={role}>
      {children}
    </div>
  );
}
