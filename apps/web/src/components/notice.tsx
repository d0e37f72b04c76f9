import { type ReactNode, useEffect, useRef } from 'react';
import './notice.css';

interface Props {
  tone: 'info' | 'good' | 'warn' | 'bad';
  children: ReactNode;
  /** alert interrupts a screen reader, and is scrolled into view; status waits for a pause; without a role it is read with the page. */
  role?: 'alert' | 'status';
}

export function Notice({ tone, children, role }: Props) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // It may be far from what was pressed.
    if (role === 'alert') notice.current?.scrollIntoView({ block: 'nearest' });
  }, [role]);
  return (
    <div ref={notice} className={`notice notice-${tone}`} role={role}>
      {children}
    </div>
  );
}
