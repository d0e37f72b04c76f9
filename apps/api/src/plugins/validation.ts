import { isCalendarDate } from '@bulk/contract';
import { Ajv } from 'ajv';
import type { App } from '../fastify-app.ts';
import { invalidRequest } from '../validation/faults.ts';
import type { Finding } from '../validation/finding.ts';
import { listItemsKeyword } from '../validation/list-items.ts';
import { readQuery } from '../validation/query.ts';

/** Requests are checked against the schemas of their routes; each fault is named, all at once. */
export function addValidation(app: App): void {
  const ajv = createAjv();
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    const fits = ajv.compile(schema);
    const isQuery = httpPart === 'querystring';
    return (input: unknown) => {
      const value = isQuery ? readQuery(schema, input) : input;
      if (fits(value)) return { value };
      return { error: invalidRequest((fits.errors ?? []) as Finding[], isQuery ? 'query' : 'body') };
    };
  });
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
