import type { Attempt } from '@bulk/contract';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatCount, formatMentors } from '../format-count.ts';
import { visible } from '../io.ts';
import type { Registry } from '../registry.ts';

export function addHistory({ program, perform }: Registry): void {
  program
    .command('history')
    .description(
      'Show the attempts of a registration. Says when each one ran, and how many of its mentors succeeded.',
    )
    .argument('<id>', 'such as bulk-001')
    .action((id: string) => perform((context) => showHistory(context, id)));
}

async function showHistory({ client, io, isJson, print }: Context, id: string): Promise<ExitCode> {
  const answer = await client.attempts(id, { signal: io.signal });
  if (isJson) print(JSON.stringify(answer));
  else for (const attempt of answer.attempts) for (const line of linesOf(attempt)) print(line);
  return EXIT.ok;
}

function linesOf(attempt: Attempt): string[] {
  const { kind, by, mentor_count, override_duplicates, accepted_at, started_at, finished_at } = attempt;
  const override = override_duplicates ? ', with override' : '';
  return [
    `${attempt.attempt}. ${kind} of ${formatMentors(mentor_count)}${override}, by ${visible(by)}`,
    `   accepted ${accepted_at}`,
    ...(started_at === null ? [] : [`   started  ${started_at}`]),
    ...(finished_at === null ? [] : [`   finished ${finished_at}`]),
    `   ${outcomeOf(attempt)}`,
  ];
}

function outcomeOf({ outcome }: Attempt): string {
  if (outcome === null) return 'its outcome is not stored';
  const counts = Object.entries(outcome).filter(([, count]) => count > 0);
  const named = counts.map(([name, count]) => `${formatCount(count)} ${NAMES[name as keyof typeof outcome]}`);
  return named.join(', ') || 'nothing was done';
}

const NAMES: Record<keyof NonNullable<Attempt['outcome']>, string> = {
  success_count: 'succeeded',
  failure_count: 'failed',
  undone_count: 'undone',
  kept_count: 'kept',
  not_done_count: 'not done',
};
