/** The headings of a column of mentor ids, as compared, best first. */
const KNOWN = ['mentorid', 'mentorids', 'mentor', 'mentors', 'mentornumber', 'mentorno', 'id', 'ids'];

/** Words of headings, whatever stands below them. */
const WORDS = new Set(
  `code coach date department email employee employees first firstname id identifier ids key last lastname mail
  member members mentor mentors name names nr no num number people person personnel phone role staff status surname
  teacher title tutor user username users vorname nachname mitarbeiter personalnummer nom nombre`.split(
    /\s+/,
  ),
);

/**
 * Finds the columns whose heading is `name`; without a name, those with the best known heading. `Mentor ID` is
 * `mentor_id`.
 */
export function columnsNamed(headings: readonly string[], name?: string): number[] {
  const found = headings.map(comparable);
  const wanted = name === undefined ? KNOWN : [comparable(name)];
  const best = wanted.find((each) => found.includes(each));
  return [...found.keys()].filter((index) => found[index] === best);
}

/** Whether the first value of a column may be its heading: it is a word of headings, or most others have digits. */
export function mayBeHeading([first = '', ...others]: readonly string[]): boolean {
  if (first === '' || /\d/.test(first)) return false;
  const words = first.toLowerCase().split(/[^\p{L}]+/u);
  if (words.some((word) => WORDS.has(word))) return true;
  const withDigit = others.filter((other) => /\d/.test(other)).length;
  return withDigit > others.length / 2;
}

function comparable(heading: string): string {
  return heading.toLowerCase().replaceAll(/[\s._-]+/g, '');
}
