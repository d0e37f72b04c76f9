const COUNT = new Intl.NumberFormat('en-US');

/** Formats a count for people: `100,000`. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** Formats a number of mentors: `1 mentor`, `2,000 mentors`. */
export function formatMentors(count: number): string {
  return count === 1 ? '1 mentor' : `${formatCount(count)} mentors`;
}
