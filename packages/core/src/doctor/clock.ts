import type { Finding } from './finding.ts';

const TOLERATED_MS = 1_000;

/**
 * Compares the clock of a server with that of this machine. What the answer took is not held against it.
 *
 * @param read the time of the server, in milliseconds
 */
export async function clockFinding(
  server: string,
  now: () => number,
  read: () => Promise<number>,
): Promise<Finding[]> {
  const before = now();
  const time = await read();
  const after = now();
  const ahead = Math.round(time < before ? time - before : Math.max(0, time - after));
  if (Math.abs(ahead) <= TOLERATED_MS) return [];
  const seconds = (Math.abs(ahead) / 1_000).toFixed(1);
  return [
    {
      severity: 'warning',
      what: `The clock of ${server} is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the clock of this machine.`,
      do: 'Let both machines set their clocks by NTP.',
    },
  ];
}
