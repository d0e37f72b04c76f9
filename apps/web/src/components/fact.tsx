import type { ReactNode } from 'react';
import './fact.css';

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
  return (
    <div className={isWide ? 'fact-wide' : undefined}>
      <dt>{label}</dt>
      <dd className="verbatim">{value}</dd>
    </div>
  );
}
