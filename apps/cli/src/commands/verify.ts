import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatCount } from '../format-count.ts';
import type { Registry } from '../registry.ts';

export function addVerify({ program, perform }: Registry): void {
  program
    .command('verify')
    .description(
      'Count the results and activities of a registration again, and compare them with its counters. The exit code is 1 if they differ.',
    )
    .argument('<id>', 'such as bulk-001')
    .action((id: string) => perform((context) => verify(context, id)));
}

async function verify({ client, io, isJson, print }: Context, id: string): Promise<ExitCode> {
  const verification = await client.verify(id, { signal: io.signal });
  const { agrees, checks } = verification;
  if (isJson) {
    print(JSON.stringify(verification));
  } else {
    print(`${verification.id}: ${agrees ? 'all counts agree' : 'some counts differ'}`);
    for (const { check, recorded, counted, agrees: isSame } of checks) {
      const name = check.replaceAll('_', ' ').padEnd(27);
      print(
        `  ${name}${isSame ? formatCount(counted) : `${formatCount(counted)} counted, ${formatCount(recorded)} recorded: they differ`}`,
      );
    }
  }
  return agrees ? EXIT.ok : EXIT.notAllSucceeded;
}
