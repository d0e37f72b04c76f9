import { EXIT } from '../exit-codes.ts';
import type { Registry } from '../registry.ts';

export function addCancel({ program, perform }: Registry): void {
  program
    .command('cancel')
    .description('Cancel a registration that is processing. The activities that it has written are kept.')
    .argument('<id>', 'such as bulk-001')
    .action((id: string) =>
      perform(async ({ client, io, isJson, print }) => {
        const answer = await client.cancel(id, { signal: io.signal });
        print(isJson ? JSON.stringify(answer) : answer.message);
        return EXIT.ok;
      }),
    );
}
