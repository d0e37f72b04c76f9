import type { RegistrationDetails } from '@bulk/contract';
import type { DetailsLists } from '@bulk/core';

/**
 * Writes the JSON text of details, with lists that are read while it is sent: as a whole a large answer would
 * stand in memory several times.
 *
 * @param details with empty lists
 */
export async function* writeDetails(
  details: RegistrationDetails,
  { mentorIds, results }: Omit<DetailsLists, 'isLarge'>,
): AsyncGenerator<string> {
  const text = JSON.stringify(details);
  const mentorIdsAt = endOfList(text, 'mentor_ids');
  const resultsAt = endOfList(text, 'results');
  yield text.slice(0, mentorIdsAt);
  yield* itemsOf(mentorIds);
  yield text.slice(mentorIdsAt, resultsAt);
  yield* itemsOf(results);
  yield text.slice(resultsAt);
}

/** Inside of a string the quotes would be escaped: this is the field, and no other place. */
function endOfList(text: string, field: string): number {
  const empty = `"${field}":[]`;
  return text.indexOf(empty) + empty.length - 1;
}

async function* itemsOf(pages: AsyncIterable<unknown[]>): AsyncGenerator<string> {
  let separator = '';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield separator + JSON.stringify(page).slice(1, -1);
    separator = ',';
  }
}
