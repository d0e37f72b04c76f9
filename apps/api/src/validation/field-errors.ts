import { type FieldError, type FieldErrorCode, LIMITS } from '@bulk/contract';
import { AppError } from '@bulk/core';
import { messageFor, type RequestPart } from './messages.ts';
import { pointerFrom, shownName } from './pointer.ts';
import type { ValidationError } from './validation-error.ts';

const WHOLE: Record<RequestPart, string> = { body: 'The request body', query: 'The query string' };

/** The keyword that says most about a value comes first; the others of the same place are left out. */
const TELLING_FIRST = [
  'type',
  'required',
  'additionalProperties',
  'enum',
  'uniqueItems',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'format',
  'pattern',
];

/** Turns what Ajv found into one error for each place of the request. */
export function invalidRequest(errors: readonly ValidationError[], part: RequestPart): AppError {
  const unlisted = errors
    .filter(({ keyword }) => keyword === 'unlisted')
    .reduce((sum, { params }) => sum + (params.count ?? 0), 0);
  const places = mostTellingByPlace(errors.filter(({ keyword }) => keyword !== 'unlisted'));
  const total = places.length + unlisted;
  const fieldErrors = places.slice(0, LIMITS.fieldErrorsPerProblem).map((error) => fieldErrorOf(error, part));
  return new AppError('validation', summaryOf(fieldErrors, total, part), { fieldErrors });
}

function mostTellingByPlace(errors: readonly ValidationError[]): ValidationError[] {
  const places = new Map<string, ValidationError>();
  for (const error of errors) {
    const place = placeOf(error);
    const known = places.get(place);
    if (known === undefined || rankOf(error) < rankOf(known)) places.set(place, error);
  }
  return [...places.values()];
}

function rankOf({ keyword }: ValidationError): number {
  const rank = TELLING_FIRST.indexOf(keyword);
  return rank === -1 ? TELLING_FIRST.length : rank;
}

function fieldErrorOf(error: ValidationError, part: RequestPart): FieldError {
  const message: { code: FieldErrorCode; detail: string } = messageFor(error, part);
  return part === 'query'
    ? { parameter: parameterOf(error), ...message }
    : { pointer: placeOf(error), ...message };
}

function parameterOf({ instancePath, params }: ValidationError): string {
  return shownName(params.missingProperty ?? params.additionalProperty ?? instancePath.slice(1));
}

/** A missing or unknown field is a place of its own, not an error of what holds it. */
function placeOf({ instancePath, params }: ValidationError): string {
  return pointerFrom(instancePath, params.missingProperty ?? params.additionalProperty);
}

function summaryOf(fieldErrors: readonly FieldError[], total: number, part: RequestPart): string {
  const [only] = fieldErrors;
  if (total === 1 && only !== undefined) {
    const place = only.parameter ?? only.pointer?.slice(2);
    return `${place || WHOLE[part]} ${only.detail}.`;
  }
  const things = part === 'query' ? 'query parameters' : 'fields';
  const counted = `${total.toLocaleString('en-US')} ${things} are not valid`;
  return total > fieldErrors.length
    ? `${counted}; the first ${fieldErrors.length} are listed.`
    : `${counted}.`;
}
