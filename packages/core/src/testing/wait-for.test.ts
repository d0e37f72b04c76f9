import { expect, test } from 'vitest';
import { waitFor } from './wait-for.ts';

test('the first truthy answer is returned', async () => {
  const answers = [0, null, '', 7, 8];
  expect(await waitFor(() => answers.shift())).toBe(7);
});

test('a condition that throws is asked again', async () => {
  let asked = 0;
  const condition = async () => {
    asked += 1;
    if (asked < 3) throw new Error('not yet');
    return true;
  };
  await waitFor(condition);
  expect(asked).toBe(3);
});

test('after the deadline the error names the condition and carries its last failure', async () => {
  const cause = new Error('no answer');
  const waiting = waitFor(
    () => {
      throw cause;
    },
    { timeoutMs: 20 },
  );
  await expect(waiting).rejects.toThrow(/Waited 20 ms in vain for .*throw cause/s);
  await expect(waiting).rejects.toMatchObject({ cause });
});
