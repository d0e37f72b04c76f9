import type { RegistrationState } from '@bulk/client';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { exitCodeOf, outcomeLine } from '../outcome.ts';
import { createDisplay } from './display.ts';

/** Follows a registration until it ends, shows its progress, and prints the outcome. */
export async function followToEnd(context: Context, id: string): Promise<ExitCode> {
  const { client, io, isJson, print, say } = context;
  const display = createDisplay(context);
  let last: RegistrationState | null = null;
  try {
    const states = client.watch(id, {
      signal: io.signal,
      onInterruption: ({ error }) => display.note(`Trying again: ${error.message}`),
    });
    for await (const state of states) {
      display.show(state);
      last = state;
    }
  } catch (error) {
    display.end();
    if (!io.signal.aborted) throw error;
    say(`Stopped watching. ${id} continues. To cancel it: bulk cancel ${id}`);
    return EXIT.interrupted;
  }
  display.end();
  if (last === null) throw new Error('A watch ended without a state');
  if (!isJson) {
    print(outcomeLine(last, io.stdout, io));
    if (last.kept_count > 0) say(`To see why activities were kept: bulk results ${id} --status kept`);
    if (last.failure_count > 0 && last.status !== 'undone')
      say(`To see why mentors failed: bulk results ${id} --status failed`);
  }
  return exitCodeOf(last);
}
