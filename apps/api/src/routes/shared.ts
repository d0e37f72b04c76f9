import { RegistrationId } from '@bulk/contract';
import { AppError, parseRegistrationId } from '@bulk/core';
import { type TSchema, Type } from 'typebox';

export const BASE_PATH = '/api/v1/bulk-registrations';
export const TAG = 'Bulk registrations';

export const IdParams = Type.Object({ id: RegistrationId });

/** @throws AppError for a text that names no registration, whatever it is */
export function registrationIdOf({ id }: { id: string }): bigint {
  const parsed = parseRegistrationId(id);
  if (parsed === null) throw new AppError('registration_not_found', 'No bulk registration has this id.');
  return parsed;
}

export function pathOf(id: string): string {
  return `${BASE_PATH}/${id}`;
}

const HEADERS = {
  Location: { type: 'string', description: 'Where the details are.', examples: [`${BASE_PATH}/bulk-002`] },
  'Retry-After': {
    type: 'string',
    description: 'When to ask again, in seconds. Sent while processing.',
    examples: ['1'],
  },
  ETag: { type: 'string', description: 'Names this state, for If-None-Match and If-Match.' },
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
