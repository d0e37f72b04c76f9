import type { RegistrationDetails, ResultsMode } from '@bulk/contract';
import type { Deps } from '../deps.ts';
import { getRegistration } from '../registrations/get.ts';
import { parseRegistrationId } from '../registrations/ids.ts';

/** What an answer about the registration says, unless it is a large one. */
export async function readDetails(
  deps: Pick<Deps, 'db'>,
  id: string,
  results: ResultsMode = 'all',
): Promise<RegistrationDetails> {
  const answer = await getRegistration(deps, parseRegistrationId(id) ?? 0n, { results, ifNoneMatch: null });
  if (answer.kind === 'unchanged') throw new Error('asked without a tag');
  if (answer.largeResults !== null) throw new Error('its results come by themselves');
  return answer.details;
}
