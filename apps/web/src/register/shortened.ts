/** Shortens a text to this many characters. */
export function shortened(text: string, length = 40): string {
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length <= length ? text : `${characters.slice(0, length).join('')}…`;
}
