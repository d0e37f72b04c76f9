/** Headings of columns with mentor ids, as compared, best first. */
const KNOWN = ['mentorid', 'mentorids', 'mentor', 'mentors', 'mentornumber', 'mentorno', 'id', 'ids'];

/** The columns with the heading that was asked for, or with the best one that is known. */
export function columnsNamed(headings: string[], wanted: string | undefined): number[] {
  const names = headings.map(comparable);
  const best = (wanted === undefined ? KNOWN : [comparable(wanted)]).find((each) => names.includes(each));
  return [...names.keys()].filter((index) => names[index] === best);
}

/** Whether the first value has no digit, and all others have one. */
export function looksLikeHeading([first = '', ...others]: string[]): boolean {
  return others.length > 0 && !/\d/.test(first) && others.every((each) => /\d/.test(each));
}

/** `Mentor ID` and `mentor-id` are `mentor_id`. */
function comparable(heading: string): string {
  return heading.toLowerCase().replaceAll(/[\s._-]+/g, '');
}
