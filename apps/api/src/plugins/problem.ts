import { type FieldError, PROBLEMS, type Problem, type ProblemCode, problemType } from '@bulk/contract';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

interface Answer {
  code: ProblemCode;
  message: string;
  fieldErrors: readonly FieldError[];
}

/** The body of the answer: what every problem of its kind says, and what this one does. */
export function problemOf({ code, message, fieldErrors }: Answer): Problem {
  const { title, status } = PROBLEMS[code];
  const problem: Problem = { type: problemType(code), title, status, detail: message };
  if (fieldErrors.length > 0) problem.errors = [...fieldErrors];
  return problem;
}
