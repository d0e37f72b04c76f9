import type { SearchHit } from '@bulk/contract';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { visible } from '../io.ts';
import type { Registry } from '../registry.ts';
import { tableOf } from './table-of.ts';

export function addSearch({ program, perform }: Registry): void {
  program
    .command('search')
    .description('Find a registration, an activity, a mentor, coordinators or activity types.')
    .argument('<text>', 'an ID, an external reference, or the beginning of a coordinator or an activity type')
    .action((text: string) => perform((context) => search(context, text)));
}

async function search({ client, io, isJson, print, say }: Context, text: string): Promise<ExitCode> {
  const answer = await client.search(text, { signal: io.signal });
  if (isJson) print(JSON.stringify(answer));
  else if (answer.data.length === 0) say('Nothing was found.');
  else for (const line of tableOf(HEADER, answer.data.map(cellsOf))) print(line);
  return EXIT.ok;
}

const HEADER = ['KIND', 'ID', 'TITLE'];

function cellsOf({ kind, id, title }: SearchHit): string[] {
  return [kind, visible(id), visible(title)];
}
