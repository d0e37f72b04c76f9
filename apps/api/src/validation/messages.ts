import type { FieldErrorCode } from '@bulk/contract';
import { pointerFrom } from './pointer.ts';
import type { ValidationError } from './validation-error.ts';

export type RequestPart = 'body' | 'query';

interface Message {
  code: FieldErrorCode;
  detail: string;
}

const KINDS: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
};

/** What is wrong, so that it reads on after the field's name. The value itself is never repeated. */
export function messageFor({ keyword, params, data }: ValidationError, part: RequestPart): Message {
  switch (keyword) {
    case 'required':
      return { code: 'missing', detail: 'is required' };
    case 'additionalProperties':
      return {
        code: 'unknown_field',
        detail: `is not a ${part === 'query' ? 'parameter' : 'field'} of this request`,
      };
    case 'type':
      return wrongType(params.type ?? '', data, part);
    case 'enum':
      return { code: 'not_allowed', detail: `must be ${listOf(params.allowedValues ?? [])}` };
    case 'uniqueItems':
      return {
        code: 'repeated',
        detail: `must not repeat an earlier id (${pointerFrom(params.earlier ?? '')})`,
      };
    case 'minItems':
    case 'minLength':
      return {
        code: 'too_short',
        detail: params.limit === 1 ? 'must not be empty' : `must have at least ${params.limit}`,
      };
    case 'maxItems':
      return { code: 'too_long', detail: `must have at most ${grouped(params.limit ?? 0)} entries` };
    case 'maxProperties':
      return { code: 'too_long', detail: `must have at most ${grouped(params.limit ?? 0)} fields` };
    case 'maxLength':
      return { code: 'too_long', detail: `must have at most ${grouped(params.limit ?? 0)} characters` };
    case 'minimum':
      return { code: 'out_of_range', detail: `must be at least ${params.limit}` };
    case 'maximum':
      return { code: 'out_of_range', detail: `must be at most ${params.limit}` };
    case 'format':
      return { code: 'wrong_format', detail: 'must be a date of the calendar, written like 2026-03-28' };
    case 'pattern':
      return { code: 'wrong_format', detail: wrongText(params.item ?? data) };
    default:
      return { code: 'wrong_format', detail: 'is not valid' };
  }
}

function wrongType(type: string, data: unknown, part: RequestPart): Message {
  if (part === 'query' && Array.isArray(data))
    return { code: 'wrong_type', detail: 'must be given once only' };
  return { code: 'wrong_type', detail: `must be ${KINDS[type] ?? type}` };
}

function wrongText(data: unknown): string {
  const text = String(data);
  if (/\p{Cs}/u.test(text)) return 'must not contain half of a surrogate pair';
  if (/\p{Cc}/u.test(text)) return 'must not contain control characters';
  return 'must not be blank';
}

function listOf(values: readonly string[]): string {
  return values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
