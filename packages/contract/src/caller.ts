import { type Static, Type } from 'typebox';
import { oneOf } from './statuses.ts';

export const CallerResponse = Type.Object({
  name: Type.String({
    description: 'The name of the key, the subject of the token, or anonymous where the API is open.',
    examples: ['front office'],
  }),
  role: oneOf(['viewer', 'coordinator', 'admin'] as const, {
    description: 'Each role may also do what the one before it may.',
  }),
  coordinator_ids: Type.Union([Type.Array(Type.String()), Type.Null()], {
    description: 'The coordinators whose registrations the caller sees and changes; null: all.',
  }),
});
export type CallerResponse = Static<typeof CallerResponse>;
