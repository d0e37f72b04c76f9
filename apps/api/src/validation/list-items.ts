import { LIMITS } from '@bulk/contract';
import type { Ajv, FuncKeywordDefinition, ValidateFunction } from 'ajv';
import type { ValidationError } from './validation-error.ts';

/**
 * Stands in for Ajv's `items` and `uniqueItems`, which describe every error of a list of millions
 * and let a repeated `__proto__` through. This one describes the first 100 and counts the rest,
 * and leaves a list that is too long to `maxItems`.
 */
export function listItemsKeyword(ajv: Ajv): FuncKeywordDefinition {
  return {
    keyword: 'items',
    type: 'array',
    schemaType: 'object',
    errors: 'full',
    compile(itemSchema, listSchema) {
      const isItem = ajv.compile(itemSchema);
      const { maxItems = Number.POSITIVE_INFINITY, uniqueItems = false } = listSchema as ListSchema;
      const validate: DataValidate = (list: unknown[], context) => {
        if (list.length > maxItems) return true;
        validate.errors = fieldErrorsOf(list, { isItem, uniqueItems, path: context?.instancePath ?? '' });
        return validate.errors.length === 0;
      };
      return validate;
    },
  };
}

type DataValidate = ReturnType<NonNullable<FuncKeywordDefinition['compile']>>;

interface ListSchema {
  maxItems?: number;
  uniqueItems?: boolean;
}

interface ListRules {
  isItem: ValidateFunction;
  uniqueItems: boolean;
  path: string;
}

function fieldErrorsOf(
  list: unknown[],
  { isItem, uniqueItems, path }: ListRules,
): Partial<ValidationError>[] {
  const errors: Partial<ValidationError>[] = [];
  const firstPositions = new Map<string, number>();
  // The usual list has none, and this is the quickest way to know.
  const hasRepetitions = uniqueItems && new Set(list).size < list.length;
  let invalid = 0;
  list.forEach((item, position) => {
    const itemErrors = isItem(item) ? repetition(item, position) : (isItem.errors ?? []);
    if (itemErrors.length === 0) return;
    invalid++;
    if (invalid > LIMITS.fieldErrorsPerProblem) return;
    for (const error of itemErrors) {
      errors.push({ ...error, params: { ...error.params, item }, instancePath: `${path}/${position}` });
    }
  });
  const uncounted = invalid - LIMITS.fieldErrorsPerProblem;
  if (uncounted > 0) errors.push({ keyword: 'unlisted', instancePath: path, params: { count: uncounted } });
  return errors;

  function repetition(item: unknown, position: number): Partial<ValidationError>[] {
    if (!hasRepetitions || typeof item !== 'string') return [];
    const first = firstPositions.get(item);
    if (first === undefined) {
      firstPositions.set(item, position);
      return [];
    }
    return [{ keyword: 'uniqueItems', params: { earlier: `${path}/${first}` } }];
  }
}
