/** The command can't be carried out as it was written; nothing was sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
