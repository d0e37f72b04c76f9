import { useEffect, useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { moment } from '../format.ts';

const BACK_SHOWN_MS = 4_000;

/** Says that the service is out of reach, and for a moment that it is back. */
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
          <strong>Offline.</strong> The service has been out of reach since{' '}
          {moment(new Date(lostAt).toISOString())}. You see what was known then; the work goes on without this
          page. Trying again …
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
