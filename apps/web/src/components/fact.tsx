import type { ReactNode } from 'react';
import './fact.css';

/** So many characters may be higher than a wide field on a phone. */
const LONG_TEXT = 200;

/** Shows one field and its value, in a list with the class "facts". */
export function Fact({
  label,
  value,
  isWide = false,
}: {
  label: string;
  value: ReactNode;
  isWide?: boolean;
}) {
  // What scrolls has to be reachable by keyboard.
  const isLong = isWide && typeof value === 'string' && value.length > LONG_TEXT;
  return (
    <div className={isWide ? 'fact-wide' : undefined}>
      <dt>{label}</dt>
      <dd className="verbatim" tabIndex={isLong ? 0 : undefined}>
        {value}
      </dd>
    </div>
  );
}
