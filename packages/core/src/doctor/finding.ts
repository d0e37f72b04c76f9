/**
 * - error: something does not work, or can lose data
 * - warning: something works, and may not tomorrow
 * - note: something that could not be found out; nothing follows from it
 */
export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  severity: Severity;
  /** What is wrong, in a sentence. */
  what: string;
  /** What to do about it. */
  do: string;
}

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

export function worstFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}

/** 2 with an error, 1 with a warning, else 0. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ severity }) => severity === 'error')) return 2;
  return findings.some(({ severity }) => severity === 'warning') ? 1 : 0;
}
