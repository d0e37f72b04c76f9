import { CONTRACT_EXAMPLES, isCalendarDate } from '@bulk/contract';
import fc from 'fast-check';
import { badId, badNotes, goodId, goodNotes, ODD_TEXTS } from './texts.ts';

const goodDate = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

/** Whatever the contract allows. */
export const goodRequest = fc.record(
  {
    coordinator_id: goodId,
    mentor_ids: fc.uniqueArray(goodId, { minLength: 1, maxLength: 12 }),
    activity_type: goodId,
    activity_date: goodDate,
    duration_minutes: fc.integer({ min: 1, max: 1_440 }),
    notes: goodNotes,
    label: goodId,
    override_duplicates: fc.boolean(),
  },
  { requiredKeys: ['coordinator_id', 'mentor_ids', 'activity_type', 'activity_date', 'duration_minutes'] },
);

const other = (...kinds: Array<'text' | 'number' | 'boolean' | 'list'>) =>
  fc.oneof(
    fc.constant(null),
    fc.constantFrom({}, { 0: 'a', length: 1 }, { toString: 1 }),
    kinds.includes('text') ? fc.constantFrom<unknown>('', 'true', '120', 'x') : fc.constant(null),
    kinds.includes('number') ? fc.constantFrom<unknown>(0, 1, -0, 1e21, 1.5) : fc.constant(null),
    kinds.includes('boolean') ? fc.boolean() : fc.constant(null),
    kinds.includes('list') ? fc.constantFrom<unknown>([], ['a'], [[]]) : fc.constant(null),
  );

const badText = fc.oneof(badId, other('number', 'boolean', 'list'));
/** Where an id of 65 characters would be good. */
const badLabel = badText.filter((text) => typeof text !== 'string' || Array.from(text).length < 65);
const badDate = fc.oneof(
  fc.constantFrom(
    '2026-02-29',
    '2026-13-01',
    '0000-01-01',
    '10000-01-01',
    '2026-1-1',
    ' 2026-01-01',
    '२०२६-०१-०१',
  ),
  fc.string({ unit: 'binary' }).filter((text) => !isCalendarDate(text)),
  other('number', 'boolean', 'list'),
);
const badDuration = fc.oneof(
  fc.integer({ max: 0 }),
  fc.integer({ min: 1_441 }),
  fc.constantFrom(1.5, 1e21, 1e308, 2 ** 53, -(2 ** 31) - 1),
  other('text', 'boolean', 'list'),
);
const badMentors = fc.oneof(
  other('text', 'number', 'boolean'),
  fc.constant([]),
  goodId.map((id) => [id, id]),
  fc.tuple(fc.uniqueArray(goodId, { maxLength: 5 }), badText).map(([good, bad]) => [...good, bad]),
);

/** One field of a valid request, and what must not stand in it; undefined: it is left out. */
export const spoiledField = fc.oneof<fc.Arbitrary<[string, unknown]>[]>(
  fc.tuple(fc.constantFrom('coordinator_id', 'activity_type'), badText),
  fc.tuple(fc.constantFrom('label', 'external_reference'), badLabel),
  fc.tuple(fc.constant('activity_date'), badDate),
  fc.tuple(fc.constant('duration_minutes'), badDuration),
  fc.tuple(fc.constant('notes'), fc.oneof(badNotes, other('number', 'boolean', 'list'))),
  fc.tuple(fc.constant('override_duplicates'), other('text', 'number', 'list')),
  fc.tuple(fc.constant('mentor_ids'), badMentors),
  fc.tuple(
    fc.constantFrom('coordinator_id', 'mentor_ids', 'activity_type', 'activity_date'),
    fc.constant(undefined),
  ),
  fc.tuple(
    fc.constantFrom('Notes', 'mentor_id', 'status', 'id', ' notes', 'toString', '', '/', '~'),
    fc.jsonValue(),
  ),
);

const jsonText = fc.oneof(
  fc.json({ stringUnit: 'binary', maxDepth: 6 }),
  fc.dictionary(fc.constantFrom(...ODD_TEXTS), fc.jsonValue()).map((value) => JSON.stringify(value)),
);

const nested = fc
  .tuple(
    fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{"mentor_ids":[', ']}']),
    fc.integer({ min: 1, max: 5_000 }),
  )
  .map(([[open = '', close = ''], depth]) => `${open.repeat(depth)}1${close.repeat(depth)}`);

/** JSON that no `JSON.stringify` would write. */
const oddJson = fc.constantFrom(
  '{"duration_minutes": 1e400}',
  '{"duration_minutes": -0}',
  `{"duration_minutes": ${'9'.repeat(5_000)}}`,
  `{"duration_minutes": 0.${'0'.repeat(5_000)}1}`,
  '{"coordinator_id": "\\ud800"}',
  '{"coordinator_id": "\\u0000"}',
  '{"mentor_ids": ["a"], "mentor_ids": 1}',
  '{"a": {"__proto__": {"b": 1}}}',
  '{"\\u0063onstructor": 1}',
  '\u2028{}',
  '{"a":1,}',
  "{'a': 1}",
  '[1,2',
  '"',
  '\\',
  '-',
  'nul',
  '0x1',
);

/** Bytes of any kind: arbitrary JSON, what is nearly JSON, and what is not even text. */
export const anyBody: fc.Arbitrary<string | Buffer> = fc.oneof(
  jsonText,
  nested,
  oddJson,
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.tuple(fc.nat(300), fc.nat(255)).map(([at, byte]) => {
    const bytes = Buffer.from(JSON.stringify(CONTRACT_EXAMPLES.createRequest));
    bytes[at % bytes.length] = byte;
    return bytes;
  }),
  fc.nat(300).map((length) => JSON.stringify(CONTRACT_EXAMPLES.createRequest).slice(0, length)),
);
