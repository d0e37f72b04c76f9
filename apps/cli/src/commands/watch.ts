import { followToEnd } from '../progress/follow.ts';
import type { Registry } from '../registry.ts';

export function addWatch({ program, perform }: Registry): void {
  program
    .command('watch')
    .description(
      'Follow a registration until it has ended. In a terminal it shows one progress line. Otherwise it prints a line for each change, with --json a JSON document.',
    )
    .argument('<id>', 'such as bulk-001')
    .action((id: string) => perform((context) => followToEnd(context, id)));
}
