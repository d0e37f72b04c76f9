import { Type } from 'typebox';
import { LIMITS } from './plain.ts';

// Neither pattern can backtrack: each character fits one class only, whatever the length.

/** No control characters, no lone surrogates, and something other than white space. */
const ID_PATTERN = '^[^\\p{Cc}\\p{Cs}\\S]*[^\\p{Cc}\\p{Cs}\\s][^\\p{Cc}\\p{Cs}]*$';

/** As in an id, but tabs and line breaks are welcome, and so is nothing at all. */
const TEXT_PATTERN = '^[^\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\uD800-\\uDFFF]*$';

const plainId = (description: string, example: string, maxLength: number = LIMITS.idLength) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: ID_PATTERN,
    description,
    examples: [example],
  });

export const CoordinatorId = plainId('Who registers. Known to this service by its id only.', 'coord-42');
export const MentorId = plainId('Known to this service by its id only.', 'mentor-17');
export const ActivityType = plainId('What kind of activity it was.', 'group_workshop');

export const Label = plainId('A name for people.', 'Spring kick-off, Berlin', LIMITS.labelLength);
export const ExternalReference = plainId(
  'The id of this registration in your own system. A coordinator uses each one once; a deletion frees it.',
  'crm-2026-0042',
  LIMITS.labelLength,
);

export const ActivityDate = Type.String({
  format: 'date',
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  description: 'The day of the activity: a date of the calendar, year 0001 to 9999.',
  examples: ['2026-03-28'],
});

export const DurationMinutes = Type.Integer({
  minimum: LIMITS.minDurationMinutes,
  maximum: LIMITS.maxDurationMinutes,
  examples: [120],
});

export const Notes = Type.String({
  maxLength: LIMITS.notesLength,
  pattern: TEXT_PATTERN,
  description: 'Free text, kept with every activity. Tabs and line breaks are the only control characters.',
  examples: ['Spring semester kick-off workshop'],
});

export const MentorIds = Type.Array(MentorId, {
  minItems: 1,
  maxItems: LIMITS.mentorsPerRegistration,
  uniqueItems: true,
  description: 'Each mentor once. Results keep this order.',
});

export const RegistrationId = Type.String({ description: 'Of a bulk registration.', examples: ['bulk-001'] });
export const ActivityId = Type.String({ description: 'Of a written activity.', examples: ['pa-010'] });
export const Timestamp = Type.String({
  format: 'date-time',
  description: 'RFC 3339, UTC.',
  examples: ['2026-03-28T08:00:00.000Z'],
});

const CALENDAR_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether the text is a day of the (proleptic Gregorian) calendar: 2026-02-30 is none. */
export function isCalendarDate(text: string): boolean {
  const [, year, month, day] = CALENDAR_DATE.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || year < 1) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
