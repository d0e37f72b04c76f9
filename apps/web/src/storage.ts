/** What the browser keeps, or undefined where it keeps nothing for us: it may refuse, or be full. */
export function kept<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
