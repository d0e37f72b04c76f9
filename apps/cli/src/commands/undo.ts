import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatMentors } from '../format-count.ts';
import { followToEnd } from '../progress/follow.ts';
import type { Registry } from '../registry.ts';
import { UsageError } from '../usage-error.ts';
import { withIdempotencyKeyHint } from './idempotency-key-hint.ts';

interface UndoOptions {
  yes?: true;
  watch?: true;
  idempotencyKey?: string;
}

export function addUndo({ program, perform }: Registry): void {
  program
    .command('undo')
    .description(
      'Delete the activities that a registration has written. An activity that was changed since then is kept. In a terminal it asks you first.',
    )
    .argument('<id>', 'such as bulk-001')
    .option('--yes', 'do not ask first')
    .option('--watch', 'wait until the undo has ended')
    .option('--idempotency-key <key>', 'key of this undo; the same undo with the same key is done only once')
    .action((id: string, options: UndoOptions) => perform((context) => undo(context, id, options)));
}

async function undo(
  context: Context,
  id: string,
  { yes, watch, idempotencyKey = randomUUID() }: UndoOptions,
): Promise<ExitCode> {
  const { client, io, isJson, print, say } = context;
  if (!yes && !(await isWanted(context, id))) {
    say('Nothing was undone.');
    return EXIT.refused;
  }
  const answer = await withIdempotencyKeyHint(context, idempotencyKey, () =>
    client.undo(id, { idempotencyKey, signal: io.signal }),
  );
  if (watch) return followToEnd(context, id);
  if (isJson) print(JSON.stringify(answer));
  else say(`Accepted. To follow it: bulk watch ${answer.id}`);
  return EXIT.ok;
}

/** @throws UsageError where nobody can be asked */
async function isWanted({ client, io: { stdin, signal, stderr } }: Context, id: string): Promise<boolean> {
  if (stdin.isTTY !== true)
    throw new UsageError(
      'undo asks first, and here is no terminal to ask in. To undo without a question, add: --yes',
    );
  const { details } = await client.status(id, { signal });
  stderr.write(`Delete the activities of ${formatMentors(details.success_count)} of ${id}? [y/N] `);
  for await (const line of createInterface({ input: stdin, signal })) return /^y(es)?$/i.test(line.trim());
  signal.throwIfAborted();
  return false;
}
