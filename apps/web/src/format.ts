const COUNT = new Intl.NumberFormat('en');
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const AGO = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Formats a number: 100000 → "100,000" */
export function count(value: number): string {
  return COUNT.format(value);
}

/** Formats a number with its noun: (1, 'mentor') → "1 mentor"; (300, 'mentor') → "300 mentors" */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** Formats a point in time, in the time zone of the reader. */
export function moment(timestamp: string): string {
  return MOMENT.format(new Date(timestamp));
}

/** Formats a calendar day, which has no time zone: "2026-03-28" → "28 Mar 2026" */
export function calendarDay(date: string): string {
  return DAY.format(new Date(`${date}T00:00:00Z`));
}

/** Formats how long ago something was: "2 minutes ago"; from one day on, its date */
export function ago(timestamp: string, now: number): string {
  const passedMs = now - Date.parse(timestamp);
  if (passedMs < MINUTE_MS) return 'just now';
  if (passedMs < HOUR_MS) return AGO.format(-Math.floor(passedMs / MINUTE_MS), 'minute');
  if (passedMs < DAY_MS) return AGO.format(-Math.floor(passedMs / HOUR_MS), 'hour');
  return DAY.format(new Date(timestamp));
}

/** Formats a duration: 75000 → "1 min 15 s" */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
