/** Uses the storage of the browser; returns undefined if the browser refuses it or has no room. */
export function kept<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
