/**
 * Finds a known value that was probably meant: it has the same letters and digits, or it differs in at most two of
 * the letters; undefined if the typed value is known, or near to none.
 */
export function nearMatch(typed: string, known: readonly string[]): string | undefined {
  const text = typed.trim();
  if (text === '' || known.includes(text)) return undefined;
  const plain = plainOf(text);
  const nearest = known
    .filter((value) => digitsOf(value) === digitsOf(text))
    .map((value) => ({ value, distance: distanceOf(plain, plainOf(value)) }))
    .sort((one, other) => one.distance - other.distance)[0];
  // In a short word two letters are another word.
  const limit = Math.min(2, Math.floor(plain.length / 4));
  return nearest !== undefined && nearest.distance <= limit ? nearest.value : undefined;
}

/** "Group workshop" → "groupworkshop" */
function plainOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Level 1 and level 2 are two types. */
function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

/** The Levenshtein distance: how many letters to add, remove or replace. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 0; i < one.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j += 1) {
      const replaced = (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
