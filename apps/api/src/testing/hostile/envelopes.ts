import { REGISTRATION_STATUSES } from '@bulk/contract';
import fc from 'fast-check';
import { ODD_TEXTS } from './texts.ts';

// What a request is wrapped in: its address, its query string, its headers.

const encoded = fc.oneof(
  fc.constantFrom(...ODD_TEXTS).map(encodeURIComponent),
  fc.string({ unit: 'binary', maxLength: 40 }).map(encodeURIComponent),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Array.from(bytes, (byte) => `%${hex(byte)}`).join('')),
);

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

const almostId = fc
  .tuple(
    fc.constantFrom('bulk-', 'BULK-', 'bulk', 'pa-', 'bulk-0', 'bulk--', 'bulk-+'),
    fc.bigInt({ min: 0n, max: 10n ** 30n }),
  )
  .map(([prefix, number]) => prefix + number);

/** Nothing of it can be the id of a registration, and nothing leads out of the folder. */
export const oddId = fc
  .oneof(encoded, almostId)
  .filter((id) => !/^bulk-(\d{3}|[1-9]\d{3,18})$/.test(id) && !/^(\.|%2e){0,2}$/i.test(id));

const name = fc.oneof(
  fc.constantFrom('page', 'limit', 'after', 'status', 'coordinator_id', 'activity_type', 'from', 'to'),
  fc.constantFrom(
    'has_failures',
    'results',
    'only',
    'dry_run',
    'format',
    'code',
    'page[]',
    'page[$gt]',
    '__proto__',
    'constructor',
    '',
  ),
  encoded,
);

const cursor = fc
  .tuple(fc.bigInt({ min: -1n, max: 10n ** 19n }), fc.bigInt({ min: -1n, max: 10n ** 19n }))
  .map(([micros, id]) => Buffer.from(`${micros}.${id}`).toString('base64url'));

const value = fc.oneof(
  encoded,
  cursor,
  fc.constantFrom(...REGISTRATION_STATUSES, 'all', 'none', 'failed', 'cancel'),
  fc.constantFrom('csv', 'ndjson', 'json', 'duplicate', 'success', 'cG9zaXRpb24gMQ', 'cG9zaXRpb24gOTk5OTk5'),
  fc.constantFrom(
    '',
    '0',
    '1',
    '2',
    '100',
    '101',
    '1000000',
    '00000000001',
    '1.0',
    '+1',
    ' 1',
    '9'.repeat(30),
  ),
  fc.constantFrom(
    'true',
    'false',
    'TRUE',
    '0001-01-01',
    '9999-12-31',
    '2026-02-30',
    '%',
    '%zz',
    '+',
    '%2B',
    'a'.repeat(3_000),
  ),
);

const pair = fc.oneof(
  fc.tuple(name, value).map(([left, right]) => `${left}=${right}`),
  name,
);

/** Often a single one: of several there is nearly always one that has the whole query refused. */
export const anyQuery = fc.oneof(
  pair,
  cursor.map((text) => `after=${text}`),
  fc.array(pair, { maxLength: 6 }).map((pairs) => pairs.join('&')),
);

/** Every character that Node's parser lets through. */
const headerText = fc
  .array(
    fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }), fc.constant(9)),
    {
      maxLength: 60,
    },
  )
  .map((codes) => String.fromCharCode(...codes).trim());

const headerValue = fc.oneof(
  headerText,
  fc.constantFrom(
    '',
    '*',
    '"',
    '""',
    'W/',
    'W/"',
    ',',
    ', ,',
    '"2.1.0.0.completed"',
    '"2.1.1.2.completed."',
    '"a" "b"',
  ),
  fc.constantFrom(
    '"2.1.0.0.processing.0.all"',
    '2.1.1.1.completed.0',
    '0',
    'key',
    '"key"',
    '"key',
    'a'.repeat(255),
    'a'.repeat(256),
    'é',
  ),
  fc.constantFrom(...ODD_TEXTS.filter((text) => /^[\x20-\x7e]*$/.test(text))),
);

const mediaType = fc.oneof(
  headerValue,
  fc.constantFrom(
    'application/json',
    'application/json;charset=utf-16',
    'application/json; charset="utf-8"; charset=x',
    'application/json;',
    'application/json,text/plain',
    'application/problem+json',
    'APPLICATION/JSON',
    'multipart/form-data; boundary=a',
    'text/json',
    '*/*',
  ),
);

export const anyHeaders: fc.Arbitrary<Record<string, string>> = fc.record(
  {
    'if-match': headerValue,
    'if-none-match': headerValue,
    'idempotency-key': headerValue,
    'last-event-id': headerValue,
    'content-type': mediaType,
    accept: mediaType,
    origin: headerValue,
    'content-encoding': fc.constantFrom('gzip', 'br', 'identity', 'x'),
    'x-forwarded-for': headerValue,
    'accept-encoding': headerValue,
  },
  { requiredKeys: [] },
);
