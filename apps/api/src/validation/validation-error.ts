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
  /** Of faulty list items that are not listed. */
  count?: number;
}
