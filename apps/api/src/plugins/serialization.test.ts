import Fastify from 'fastify';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { addSerialization } from './serialization.ts';

const Answer = Type.Object({
  first: Type.String(),
  inner: Type.Union([Type.Object({ a: Type.String(), b: Type.Optional(Type.String()) }), Type.Null()]),
  list: Type.Array(Type.Object({ a: Type.String() })),
  texts: Type.Array(Type.String()),
  when: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});

async function written(answer: unknown): Promise<string> {
  const app = Fastify();
  addSerialization(app);
  app.get('/', { schema: { response: { 200: Answer } } }, async () => answer);
  return (await app.inject('/')).payload;
}

test('an answer has the fields of its schema, in their order, and no others', async () => {
  const answer = {
    secret: 1,
    texts: ['x'],
    list: [{ b: 1, a: 'y' }],
    when: null,
    inner: { secret: 1, b: 'b', a: 'a' },
    first: '1',
  };
  expect(await written(answer)).toBe(
    '{"first":"1","inner":{"a":"a","b":"b"},"list":[{"a":"y"}],"texts":["x"],"when":null}',
  );
});

test('null and fields that are left out stay as they are', async () => {
  expect(await written({ first: '1', inner: null, list: [] })).toBe('{"first":"1","inner":null,"list":[]}');
});

test('a value that the schema would refuse is shown all the same', async () => {
  expect(await written({ first: 7, when: 'not a date', inner: {} })).toBe(
    '{"first":7,"inner":{},"when":"not a date"}',
  );
});
