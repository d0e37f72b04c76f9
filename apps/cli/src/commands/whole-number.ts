import { InvalidArgumentError } from 'commander';

/** For options; what the number may be is the service's to say. */
export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
