import { AppError } from '@bulk/core';
import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { addProblems } from './errors.ts';

async function answerTo(thrown: unknown) {
  const app = Fastify();
  addProblems(app);
  app.get('/', async () => {
    throw thrown;
  });
  const response = await app.inject('/');
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  return { ...response.json<Record<string, unknown>>(), retryAfter: response.headers['retry-after'] };
}

describe('whatever is thrown is answered as a problem, and tells nothing of its origin', () => {
  test.each<[string, unknown]>([
    ['an Error', new Error('secret')],
    ['an Error with a status of its own', Object.assign(new Error('secret'), { statusCode: 502 })],
    ['an Error with an odd status', Object.assign(new Error('secret'), { statusCode: 42 })],
    ['an AggregateError', new AggregateError([new Error('secret')], 'secret')],
    ['text', 'secret'],
    ['an object', { message: 'secret' }],
    ['a cause that leads back to itself', withCircularCause()],
    ['null', null],
    ['undefined', undefined],
  ])('%s', async (_, thrown) => {
    const problem = await answerTo(thrown);
    expect(problem).toMatchObject({ status: 500, type: 'urn:bulk-registrations:problem:internal' });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});

test('an outage is answered with when to try again', async () => {
  expect(await answerTo(new AppError('unavailable', 'Later.', { retryAfterSeconds: 7 }))).toMatchObject({
    status: 503,
    detail: 'Later.',
    retryAfter: '7',
  });
  expect(await answerTo(new AppError('unavailable', 'Later.'))).toMatchObject({
    status: 503,
    retryAfter: '5',
  });
});

function withCircularCause(): Error {
  const error = new Error('secret');
  error.cause = error;
  return error;
}
