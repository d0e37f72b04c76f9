import type { ErrorObject } from 'ajv';

/** What Ajv and our own keyword say about one place of a request: the parameters of every keyword we use. */
export type ValidationError = ErrorObject<string, ErrorParams>;

interface ErrorParams {
  missingProperty?: string;
  additionalProperty?: string;
  type?: string;
  allowedValues?: readonly string[];
  limit?: number;
  /** Where the id stood first, as a JSON Pointer. */
  earlier?: string;
  /** Of a list: the one that is wrong. Ajv puts the whole list in `data`. */
  item?: unknown;
  /** Of wrong list items that are not listed. */
  count?: number;
}
