import pg from 'pg';

/** SQLSTATEs: the database is missing; it exists; it was made at the same instant by someone else. */
const MISSING = '3D000';
const EXISTS = ['42P04', '23505'];

type DriverError = Error & { code?: string };

/** @throws in plain words when the server can't be reached or does not let us in */
export async function createDatabaseIfMissing(databaseUrl: string): Promise<void> {
  try {
    await withClient(databaseUrl, () => Promise.resolve());
  } catch (error) {
    if ((error as DriverError).code !== MISSING) throw unusable(databaseUrl, error as DriverError);
    await createDatabase(databaseUrl);
  }
}

async function createDatabase(databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl);
  const name = pg.escapeIdentifier(decodeURIComponent(url.pathname.slice(1)));
  url.pathname = '/postgres';
  try {
    await withClient(url.href, (client) => client.query(`create database ${name}`));
  } catch (error) {
    if (!EXISTS.includes((error as DriverError).code ?? ''))
      throw unusable(databaseUrl, error as DriverError);
  }
}

/** The address without its password. A name with several addresses fails with an empty message. */
function unusable(databaseUrl: string, cause: DriverError): Error {
  const { host, pathname } = new URL(databaseUrl);
  const reason = cause.message || cause.code;
  const message = `PostgreSQL at ${host}${pathname} can't be used: ${reason}. Is it running, and DATABASE_URL right?`;
  return new Error(message, { cause });
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
