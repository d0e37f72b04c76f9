import { setTimeout as delay } from 'node:timers/promises';

type Truthy<T> = Exclude<T, null | undefined | false | 0 | ''>;

/**
 * Asks until the answer is truthy, and returns it. A condition that throws is asked again, too.
 * @throws after `timeoutMs`, naming the condition
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 60_000, intervalMs = 10 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<Truthy<T>> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const answer = await condition();
      if (answer) return answer as Truthy<T>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(intervalMs);
  } while (Date.now() < deadline);
  throw new Error(`Waited ${timeoutMs} ms in vain for ${String(condition)}`, { cause });
}
