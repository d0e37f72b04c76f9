import { isCalendarDate } from '@bulk/contract';
import { Ajv } from 'ajv';
import type { App } from '../fastify-app.ts';
import { invalidRequest } from '../validation/field-errors.ts';
import { listItemsKeyword } from '../validation/list-items.ts';
import { readQuery } from '../validation/query.ts';
import type { ValidationError } from '../validation/validation-error.ts';

/** Requests are checked against the schemas of their routes; every error is named, all at once. */
export function addValidation(app: App): void {
  const ajv = createAjv();
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    const fits = ajv.compile(schema);
    const part = httpPart === 'querystring' || httpPart === 'params' ? 'query' : 'body';
    return (input: unknown) => {
      if (hasTooManyFields(input)) return { error: invalidRequest([TOO_MANY_FIELDS], part) };
      const value = part === 'query' ? readQuery(schema, input) : input;
      if (fits(value)) return { value };
      return { error: invalidRequest((fits.errors ?? []) as ValidationError[], part) };
    };
  });
}

/** Far more than any request has; of that many, Ajv need not describe each. */
const MAX_FIELDS = 100;
const TOO_MANY_FIELDS: ValidationError = {
  keyword: 'maxProperties',
  instancePath: '',
  schemaPath: '',
  params: { limit: MAX_FIELDS },
};

function hasTooManyFields(input: unknown): boolean {
  return (
    typeof input === 'object' &&
    input !== null &&
    !Array.isArray(input) &&
    Object.keys(input).length > MAX_FIELDS
  );
}

function createAjv(): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    coerceTypes: false,
    removeAdditional: false,
    useDefaults: false,
    messages: false,
    // The value that failed, for the choice of words. It is never repeated in an answer.
    verbose: true,
    // Ajv's own meta-schema would be compiled with the replaced keyword; the types check ours.
    meta: false,
    validateSchema: false,
  });
  ajv.removeKeyword('items');
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword('uniqueItems');
  ajv.addKeyword(listItemsKeyword(ajv));
  ajv.addFormat('date', isCalendarDate);
  ajv.addFormat('date-time', true);
  return ajv;
}
