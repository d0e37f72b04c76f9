import { EXIT } from '../exit-codes.ts';
import type { Registry } from '../registry.ts';

export function addDelete({ program, perform }: Registry): void {
  program
    .command('delete')
    .description(
      'Delete a registration that has ended. Its activities are kept. A registration that is still processing is not deleted.',
    )
    .argument('<id>', 'such as bulk-001')
    .action((id: string) =>
      perform(async ({ client, io, isJson, print }) => {
        const answer = await client.delete(id, { signal: io.signal });
        print(isJson ? JSON.stringify(answer) : answer.message);
        return EXIT.ok;
      }),
    );
}
