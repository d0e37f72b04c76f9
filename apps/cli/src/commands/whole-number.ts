import { InvalidArgumentError } from 'commander';

/** Parses a whole number of an option. The service checks its range. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
