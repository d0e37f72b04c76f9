import { followToEnd } from '../progress/follow.ts';
import type { Registry } from '../registry.ts';

export function addWatch({ program, perform }: Registry): void {
  program
    .command('watch')
    .description(
      'Stay until a registration is finished. In a terminal one line is redrawn; elsewhere each change is a line, and with --json a document.',
    )
    .argument('<id>', 'such as bulk-001')
    .action((id: string) => perform((context) => followToEnd(context, id)));
}
