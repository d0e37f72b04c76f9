import { ApiProblem } from '@bulk/client';
import type { FieldError } from '@bulk/contract';
import { expect, test } from 'vitest';
import { EMPTY_FORM, fieldErrorsOf, requestOf } from './form-values.ts';

const problem = (errors: FieldError[]) =>
  new ApiProblem({ type: 'about:blank', title: '', status: 400, detail: '', errors });

test('empty fields are left out, and the duration is a number', () => {
  expect(requestOf({ ...EMPTY_FORM, duration_minutes: '120', notes: ' ' }, ['m-1'])).toEqual({
    duration_minutes: 120,
    mentor_ids: ['m-1'],
  });
});

test('errors are found at their fields, and those of a mentor say which one', () => {
  const request = requestOf(EMPTY_FORM, ['m-1', '<b>']);
  const fieldErrors: FieldError[] = [
    { pointer: '#/coordinator_id', code: 'missing', detail: 'is missing' },
    { pointer: '#/mentor_ids/1', code: 'wrong_format', detail: 'is odd' },
    { pointer: '#/mentor_ids', code: 'too_long', detail: 'has too many' },
  ];
  expect(fieldErrorsOf(problem(fieldErrors), request)).toEqual({
    coordinator_id: ['is missing'],
    mentor_ids: ['“<b>” is odd', 'has too many'],
  });
});
