import { useEffect, useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { moment } from '../format.ts';

const BACK_SHOWN_MS = 4_000;

/** Shows that the service cannot be reached, and for a moment that it is back. */
export function ConnectionNotice({ lostAt }: { lostAt: number | null }) {
  const [wasLost, setWasLost] = useState(false);
  useEffect(() => {
    if (lostAt !== null) setWasLost(true);
    else if (wasLost) {
      const timer = setTimeout(() => setWasLost(false), BACK_SHOWN_MS);
      return () => clearTimeout(timer);
    }
  }, [lostAt, wasLost]);

  if (lostAt !== null) {
    return (
      <Notice tone="warn" role="status">
        <p>
          <strong>Offline.</strong> No connection to the service since{' '}
          {moment(new Date(lostAt).toISOString())}. This page shows the last known state. The registration
          continues without this page. Reconnecting …
        </p>
      </Notice>
    );
  }
  return wasLost ? (
    <Notice tone="good" role="status">
      <p>Connected again.</p>
    </Notice>
  ) : null;
}
