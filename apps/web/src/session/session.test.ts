import { expect, test } from 'vitest';
import { currentKey, refuseKey, signIn, signOut } from './session.ts';

test('only the refusal of the current key ends the session', () => {
  signIn('old');
  signIn('new');
  refuseKey('old');
  refuseKey(undefined);
  expect(currentKey()).toBe('new');
  refuseKey('new');
  expect(currentKey()).toBeUndefined();
  signIn('newer');
  signOut();
  expect(currentKey()).toBeUndefined();
});
