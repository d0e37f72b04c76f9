import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TRANSITIONS } from './transitions.ts';

const drawing = readFileSync(new URL('../../../../docs/states.md', import.meta.url), 'utf8');

test('docs/states.md draws exactly the legal moves', () => {
  const drawn = [...drawing.matchAll(/^ {2}(\S+) --> (\S+): (.+)$/gm)].map(
    ([, from, to, by]) => `${from} → ${to}: ${by}`,
  );
  const legal = TRANSITIONS.map(({ from, to, by }) => `${from ?? '[*]'} → ${to ?? '[*]'}: ${by}`);
  expect(drawn).toEqual(legal);
});
