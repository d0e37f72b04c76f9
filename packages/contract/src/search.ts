import { type Static, Type } from 'typebox';
import { ExternalReference } from './fields.ts';
import { oneOf } from './statuses.ts';

export const SEARCH_KINDS = ['registration', 'activity', 'mentor', 'coordinator', 'activity_type'] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

export const SearchQuery = Type.Object(
  {
    q: {
      ...ExternalReference,
      description:
        'An id of a bulk registration (`bulk-007`, `7`), an activity (`pa-010`) or a mentor, an external reference, or the beginning of a ' +
        'coordinator or an activity type. Upper and lower case differ.',
      examples: ['bulk-007'],
    },
  },
  { additionalProperties: false },
);
export type SearchQuery = Static<typeof SearchQuery>;

export const SearchHit = Type.Object({
  kind: oneOf(SEARCH_KINDS),
  id: Type.String({
    description: 'The id; of a coordinator or an activity type the value of the field.',
    examples: ['bulk-007'],
  }),
  title: Type.String({ description: 'For people.', examples: ['group_workshop on 2026-03-28, 8 mentors'] }),
});
export type SearchHit = Static<typeof SearchHit>;

export const SearchResponse = Type.Object({
  data: Type.Array(SearchHit, { description: 'At most 10, what the text names exactly first.' }),
});
export type SearchResponse = Static<typeof SearchResponse>;
