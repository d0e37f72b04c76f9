import { readFileSync, statSync } from 'node:fs';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** The permissions of everybody but the owner. Windows has none of them. */
const OF_OTHERS = process.platform === 'win32' ? 0 : 0o077;

/**
 * Reads the key of the caller: from the file if there is one, otherwise from BULK_API_KEY. Returns undefined if there
 * is no key.
 *
 * @param warn is told if others may read the file
 * @throws UsageError if the file cannot be read, or is not one line
 */
export function readApiKey(
  keyFile: string | undefined,
  { env }: Pick<Io, 'env'>,
  warn: (line: string) => void,
): string | undefined {
  if (keyFile === undefined) return env.BULK_API_KEY || undefined;
  const key = readText(keyFile).trim();
  if (key === '') throw new UsageError(`--key-file ${keyFile} is empty`);
  if (/[\r\n]/.test(key)) throw new UsageError(`--key-file ${keyFile} must have one line, which is the key`);
  const stats = statSync(keyFile);
  if (stats.isFile() && (stats.mode & OF_OTHERS) !== 0) {
    warn(
      `Warning: other users may access ${keyFile}, which has your key. To prevent this: chmod 600 ${keyFile}`,
    );
  }
  return key;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Without its name: it could be a key, given instead of a file.
    throw new UsageError(`Cannot read the file of --key-file (${code})`, { cause: error });
  }
}
