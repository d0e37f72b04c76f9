import { randomUUID } from 'node:crypto';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followToEnd } from '../progress/follow.ts';
import type { Registry } from '../registry.ts';
import { withKeyTold } from './told-key.ts';

interface RetryOptions {
  only?: string[];
  overrideDuplicates?: boolean;
  watch?: true;
  idempotencyKey?: string;
}

export function addRetry({ program, perform }: Registry): void {
  program
    .command('retry')
    .description('Run the failed mentors of a registration again; those that succeeded are left alone.')
    .argument('<id>', 'such as bulk-001')
    .option('--only <ids>', 'only these of the failed mentors, with commas between', (text) =>
      text.split(',').map((each) => each.trim()),
    )
    .option('--override-duplicates', 'write one more activity for those who already have this one')
    .option('--no-override-duplicates', 'fail them again; with neither, it stays as it was')
    .option('--watch', 'stay until it is finished')
    .option('--idempotency-key <key>', 'names this retry: sent again, it is not done again')
    .action((id: string, options: RetryOptions) => perform((context) => retry(context, id, options)));
}

async function retry(
  context: Context,
  id: string,
  { only, overrideDuplicates, watch, idempotencyKey = randomUUID() }: RetryOptions,
): Promise<ExitCode> {
  const { client, io, isJson, print, say } = context;
  const answer = await withKeyTold(context, idempotencyKey, () =>
    client.retryFailed(id, { mentorIds: only, overrideDuplicates, idempotencyKey, signal: io.signal }),
  );
  if (watch) return followToEnd(context, id);
  if (isJson) print(JSON.stringify(answer));
  else say(`Accepted. To see how it goes: bulk watch ${answer.id}`);
  return EXIT.ok;
}
