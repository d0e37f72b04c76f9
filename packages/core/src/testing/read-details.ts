import type { RegistrationDetails, ResultsMode } from '@bulk/contract';
import { ANONYMOUS } from '../access/caller.ts';
import type { Deps } from '../deps.ts';
import { getRegistration } from '../registrations/get.ts';
import { parseRegistrationId } from '../registrations/ids.ts';

/** Reads what an answer about the registration says. */
export async function readDetails(
  deps: Pick<Deps, 'db'>,
  id: string,
  view: ResultsMode = 'all',
): Promise<RegistrationDetails> {
  const answer = await getRegistration({ ...deps, caller: ANONYMOUS }, parseRegistrationId(id) ?? 0n, {
    view,
    ifNoneMatch: null,
  });
  if (answer.kind === 'unchanged' || answer.lists === null) throw new Error('asked for the whole answer');
  return {
    ...answer.details,
    mentor_ids: await gathered(answer.lists.mentorIds),
    results: await gathered(answer.lists.results),
  };
}

async function gathered<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}
