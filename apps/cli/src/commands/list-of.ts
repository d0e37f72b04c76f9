/** Parses the values of an option, separated by commas. The service checks them. */
export function listOf(text: string): string[] {
  return text.split(',').map((each) => each.trim());
}
