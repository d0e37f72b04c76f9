import { expect, test } from 'vitest';
import { nearMatch } from './near-match.ts';

const KNOWN = ['group_workshop', 'office_hours', 'call', 'training_level_1'];

test.each([
  ['Group Workshop', 'group_workshop'],
  ['group-workshops', 'group_workshop'],
  ['gruop_workshop', 'group_workshop'],
  ['office_hour', 'office_hours'],
  ['ofice_huors', undefined],
  ['group_workshop', undefined],
  ['group_walk', undefined],
  ['cell', 'call'],
  ['tell', undefined],
  ['training-level 1', 'training_level_1'],
  ['training_level_2', undefined],
  ['', undefined],
  ['---', undefined],
])('%s means %s', (typed, meant) => {
  expect(nearMatch(typed, KNOWN)).toBe(meant);
});
