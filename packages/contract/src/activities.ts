import { type Static, Type } from 'typebox';
import {
  ActivityDate,
  ActivityId,
  ActivityType,
  CoordinatorId,
  DurationMinutes,
  MentorId,
  Notes,
  RegistrationId,
  Timestamp,
} from './fields.ts';
import { LIMITS } from './plain.ts';
import { RegistrationSummary } from './registrations.ts';

export const Activity = Type.Object({
  id: ActivityId,
  mentor_id: MentorId,
  activity_type: ActivityType,
  activity_date: ActivityDate,
  duration_minutes: DurationMinutes,
  notes: Type.Union([Notes, Type.Null()]),
  coordinator_id: CoordinatorId,
  registration_id: {
    ...RegistrationId,
    description: 'The bulk registration that wrote it. It may be deleted since.',
  },
  is_override: Type.Boolean({
    description: 'true: one more activity, written by an override for a mentor who had it already.',
  }),
  created_at: Timestamp,
});
export type Activity = Static<typeof Activity>;

export const ActivityDetails = Type.Object({
  ...Activity.properties,
  registration: Type.Union([RegistrationSummary, Type.Null()], {
    description: 'The bulk registration that wrote it; null: it is deleted.',
  }),
});
export type ActivityDetails = Static<typeof ActivityDetails>;

export const ListMentorActivitiesQuery = Type.Object(
  {
    from: Type.Optional({
      ...ActivityDate,
      description: 'Activities on this day or later; left out: two years ago.',
    }),
    to: Type.Optional({
      ...ActivityDate,
      description: 'Activities on this day or earlier; left out: in one year.',
    }),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: LIMITS.pageSize, default: LIMITS.defaultPageSize }),
    ),
    after: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        description: 'The next_cursor of an earlier answer: goes on from there.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ListMentorActivitiesQuery = Static<typeof ListMentorActivitiesQuery>;

export const ListMentorActivitiesResponse = Type.Object({
  data: Type.Array(Activity, {
    description: 'The latest day first. May have fewer than limit although more follow: next_cursor tells.',
  }),
  pagination: Type.Object({
    limit: Type.Integer({ minimum: 1 }),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: 'For `after`; null when there are no more between from and to.',
    }),
  }),
  from: ActivityDate,
  to: ActivityDate,
});
export type ListMentorActivitiesResponse = Static<typeof ListMentorActivitiesResponse>;
