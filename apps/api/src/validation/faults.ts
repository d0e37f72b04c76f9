import { type Fault, type FaultCode, LIMITS } from '@bulk/contract';
import { AppError } from '@bulk/core';
import type { Finding } from './finding.ts';
import { pointerFrom, shownName } from './pointer.ts';
import { type RequestPart, wordsFor } from './words.ts';

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

/** Turns what Ajv found into one fault for each place of the request. */
export function invalidRequest(errors: readonly Finding[], part: RequestPart): AppError {
  const unlisted = errors
    .filter(({ keyword }) => keyword === 'unlisted')
    .reduce((sum, { params }) => sum + (params.count ?? 0), 0);
  const places = mostTellingByPlace(errors.filter(({ keyword }) => keyword !== 'unlisted'));
  const total = places.length + unlisted;
  const faults = places.slice(0, LIMITS.faultsPerProblem).map((error) => faultOf(error, part));
  return new AppError('validation', summaryOf(faults, total, part), { faults });
}

function mostTellingByPlace(errors: readonly Finding[]): Finding[] {
  const places = new Map<string, Finding>();
  for (const error of errors) {
    const place = placeOf(error);
    const known = places.get(place);
    if (known === undefined || rankOf(error) < rankOf(known)) places.set(place, error);
  }
  return [...places.values()];
}

function rankOf({ keyword }: Finding): number {
  const rank = TELLING_FIRST.indexOf(keyword);
  return rank === -1 ? TELLING_FIRST.length : rank;
}

function faultOf(error: Finding, part: RequestPart): Fault {
  const words: { code: FaultCode; detail: string } = wordsFor(error, part);
  return part === 'query'
    ? { parameter: parameterOf(error), ...words }
    : { pointer: placeOf(error), ...words };
}

function parameterOf({ instancePath, params }: Finding): string {
  return shownName(params.missingProperty ?? params.additionalProperty ?? instancePath.slice(1));
}

/** A missing or unknown field is a place of its own, not a fault of what holds it. */
function placeOf({ instancePath, params }: Finding): string {
  return pointerFrom(instancePath, params.missingProperty ?? params.additionalProperty);
}

function summaryOf(faults: readonly Fault[], total: number, part: RequestPart): string {
  const [only] = faults;
  if (total === 1 && only !== undefined) {
    const place = only.parameter ?? only.pointer?.slice(2);
    return `${place || WHOLE[part]} ${only.detail}.`;
  }
  const things = part === 'query' ? 'query parameters' : 'fields';
  const counted = `${total.toLocaleString('en-US')} ${things} are not valid`;
  return total > faults.length ? `${counted}; the first ${faults.length} are listed.` : `${counted}.`;
}
