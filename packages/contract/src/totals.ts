import { type Static, Type } from 'typebox';
import { LIMITS } from './plain.ts';

const total = (description: string) =>
  Type.Object(
    {
      count: Type.Integer({ minimum: 0 }),
      is_exact: Type.Boolean({
        description: `false: there are more. At most ${LIMITS.countedTotal} bulk registrations are counted.`,
      }),
    },
    { description },
  );

export const TotalsResponse = Type.Object({
  processing: total('Bulk registrations that are processing.'),
  failed_last_day: total('Bulk registrations of the last 24 hours with the status `failed`.'),
  mentors_last_week: total(
    'Mentors whose activity was written by bulk registrations of the last 7 days, and not undone.',
  ),
});
export type TotalsResponse = Static<typeof TotalsResponse>;
