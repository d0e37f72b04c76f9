import { Readable } from 'node:stream';
import { BASE_PATH, RegistrationId } from '@bulk/contract';
import { AppError, parseRegistrationId } from '@bulk/core';
import type { FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';

export const TAG = 'Bulk registrations';

export const IdParams = Type.Object({ id: RegistrationId });

/** @throws AppError for a text that names no registration, whatever it is */
export function registrationIdOf({ id }: { id: string }): bigint {
  const parsed = parseRegistrationId(id);
  if (parsed === null) throw new AppError('registration_not_found', 'No bulk registration has this id.');
  return parsed;
}

/**
 * Text that is made while it is sent. When that fails the connection ends, so that nobody takes the part
 * for the whole, and the log says why.
 */
export function textStream({ method, log }: FastifyRequest, text: AsyncIterable<string>): Readable {
  if (method === 'HEAD') return Readable.from([]);
  // One part at a time: a client that stops reading must not hold many of them in memory.
  return Readable.from(text, { highWaterMark: 1 }).on('error', (err) =>
    log.error({ err }, 'answer broken off'),
  );
}

/** For routes without query parameters: one that is sent all the same is refused, not ignored. */
export const NoQuery = Type.Object({}, { additionalProperties: false });

/** Visible ASCII, bare or in the quotes of a structured field (RFC 9651). */
const IDEMPOTENCY_KEY = /^"?([\x21\x23-\x5b\x5d-\x7e]{1,255})"?$/;

/** For the routes that take one; its header is checked by `idempotencyKeyOf`. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'A name of yours for this request, such as a UUID. Sent again with the same key within 24 hours, it gets ' +
        'the same answer and does nothing more.',
    }),
  ),
});

/** For the routes that change a registration. */
export const IfMatchHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'The ETag of the details you have seen: 412 if they have changed since.' }),
  ),
});

/** @throws AppError for a key that is none */
export function idempotencyKeyOf(headers: { 'idempotency-key'?: string }): string | null {
  const header = headers['idempotency-key'];
  if (header === undefined) return null;
  const key = IDEMPOTENCY_KEY.exec(header)?.[1];
  if (key !== undefined) return key;
  const detail = 'must be 1 to 255 visible ASCII characters';
  throw new AppError('validation', `Idempotency-Key ${detail}.`, {
    fieldErrors: [{ header: 'idempotency-key', code: 'wrong_format', detail }],
  });
}

export function pathOf(id: string): string {
  return `${BASE_PATH}/${id}`;
}

const HEADERS = {
  'Idempotency-Replayed': {
    type: 'string',
    description: 'true: this answer was given before, to a request of the same key.',
    examples: ['true'],
  },
  Location: { type: 'string', description: 'Where the details are.', examples: [`${BASE_PATH}/bulk-002`] },
  'Retry-After': {
    type: 'string',
    description: 'When to ask again, in seconds. Sent while processing.',
    examples: ['1'],
  },
  ETag: { type: 'string', description: 'Names this state, for If-None-Match and If-Match.' },
  'Results-Complete': {
    type: 'string',
    description: 'false: the registration is processing, and there is more to come.',
    examples: ['true'],
  },
  'Content-Disposition': {
    type: 'string',
    description: 'Of a file: its name.',
    examples: ['attachment; filename="bulk-002-results.csv"'],
  },
  'Cache-Control': { type: 'string', examples: ['private, no-cache'] },
};

/** A response schema with what the document says about it; the schema itself stays untouched. */
export function documented<T extends TSchema>(
  schema: T,
  { description, headers = [] }: { description: string; headers?: readonly (keyof typeof HEADERS)[] },
): T {
  const described = Object.fromEntries(headers.map((name) => [name, HEADERS[name]]));
  return {
    ...schema,
    'x-response-description': description,
    ...(headers.length > 0 && { headers: described }),
  };
}

/** As `documented`, for a response that is JSON or a file of one of these media types. */
export function documentedFiles(
  json: TSchema,
  {
    description,
    headers,
    files,
  }: { description: string; headers: readonly (keyof typeof HEADERS)[]; files: readonly string[] },
) {
  const media: [string, TSchema][] = [
    ['application/json', json],
    ...files.map((type): [string, TSchema] => [type.replace(/;.*/, ''), Type.String()]),
  ];
  return {
    description,
    headers: Object.fromEntries(headers.map((name) => [name, HEADERS[name]])),
    content: Object.fromEntries(media.map(([type, schema]) => [type, { schema }])),
  };
}
