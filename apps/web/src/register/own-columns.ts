import type { MentorList } from '@bulk/client/mentor-file';

// The other columns of a file of mentors stay in this page, until it is reloaded or the user signs out. The service
// never gets them.

const listOf = new Map<string, MentorList>();

/** Keeps the columns of the table that a registration was made from, if it has others than the ids and our results. */
export function keepOwnColumns(id: string, mentors: MentorList): void {
  const { table, entries } = mentors;
  // Otherwise the other columns are mentors, too.
  const isOneARow = entries.length <= table.rows.length;
  if (isOneARow && !table.isOurs && table.rows.some(({ cells }) => cells.length > 1)) listOf.set(id, mentors);
}

/** Returns the mentors of a registration with their columns; undefined: they are not here. */
export function ownColumnsOf(id: string): MentorList | undefined {
  return listOf.get(id);
}

export function forgetOwnColumns(): void {
  listOf.clear();
}
