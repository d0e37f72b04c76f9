import type { MentorResult, RegistrationDetails } from '@bulk/contract';

const NO_RESULTS = '"results":[]';

/**
 * The JSON text of details with their results, which are made while it is sent: as a whole a large
 * answer would stand in memory several times.
 *
 * @param details without results
 */
export async function* writeDetails(
  details: RegistrationDetails,
  results: AsyncIterable<MentorResult[]>,
): AsyncGenerator<string> {
  const text = JSON.stringify(details);
  // Inside of a string its quotes would be escaped: this is the field, and no other place.
  const at = text.indexOf(NO_RESULTS) + NO_RESULTS.length - 1;
  yield text.slice(0, at);
  let separator = '';
  for await (const slice of results) {
    if (slice.length === 0) continue;
    yield separator + JSON.stringify(slice).slice(1, -1);
    separator = ',';
  }
  yield text.slice(at);
}
