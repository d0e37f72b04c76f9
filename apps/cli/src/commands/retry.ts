import { randomUUID } from 'node:crypto';
import type { FailureCode } from '@bulk/contract';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followToEnd } from '../progress/follow.ts';
import type { Registry } from '../registry.ts';
import { withIdempotencyKeyHint } from './idempotency-key-hint.ts';
import { listOf } from './list-of.ts';

interface RetryOptions {
  only?: string[];
  code?: string[];
  overrideDuplicates?: boolean;
  watch?: true;
  idempotencyKey?: string;
}

export function addRetry({ program, perform }: Registry): void {
  program
    .command('retry')
    .description('Retry the failed mentors of a registration. Mentors that succeeded are not changed.')
    .argument('<id>', 'such as bulk-001')
    .option('--only <ids>', 'only these failed mentors, separated by commas', listOf)
    .option('--code <codes>', 'only mentors who failed with one of these codes, separated by commas', listOf)
    .option('--override-duplicates', 'give duplicates one more activity')
    .option('--no-override-duplicates', 'let duplicates fail again; default: as in the last attempt')
    .option('--watch', 'wait until the retry has ended')
    .option(
      '--idempotency-key <key>',
      'key of this retry; the same retry with the same key is done only once',
    )
    .action((id: string, options: RetryOptions) => perform((context) => retry(context, id, options)));
}

async function retry(
  context: Context,
  id: string,
  { only, code, overrideDuplicates, watch, idempotencyKey = randomUUID() }: RetryOptions,
): Promise<ExitCode> {
  const { client, io, isJson, print, say } = context;
  const answer = await withIdempotencyKeyHint(context, idempotencyKey, () =>
    client.retryFailed(id, {
      mentorIds: only,
      // The service names a code that does not exist.
      errorCodes: code as FailureCode[] | undefined,
      overrideDuplicates,
      idempotencyKey,
      signal: io.signal,
    }),
  );
  if (watch) return followToEnd(context, id);
  if (isJson) print(JSON.stringify(answer));
  else say(`Accepted. To follow it: bulk watch ${answer.id}`);
  return EXIT.ok;
}
