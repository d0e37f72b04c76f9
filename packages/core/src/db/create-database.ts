import pg from 'pg';

/** SQLSTATEs: the database is missing; it exists; it was made at the same instant by someone else. */
const MISSING = '3D000';
const EXISTS = ['42P04', '23505'];

/** @throws in plain words when the server can't be reached or lets us not in */
export async function createDatabaseIfMissing(databaseUrl: string): Promise<void> {
  const exists = await withClient(databaseUrl, async () => true).catch((error) => {
    if (error.code === MISSING) return false;
    throw unreachable(databaseUrl, error);
  });
  if (exists) return;

  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  await withClient(url.href, (client) => client.query(`create database ${pg.escapeIdentifier(name)}`)).catch(
    (error) => {
      if (!EXISTS.includes(error.code)) throw error;
    },
  );
}

/** The address without its password. A name with several addresses fails with an empty message. */
function unreachable(databaseUrl: string, cause: Error & { code?: string }): Error {
  const { host, pathname } = new URL(databaseUrl);
  const reason = cause.message || cause.code;
  return new Error(
    `PostgreSQL at ${host}${pathname} can't be used: ${reason}. Is it running, and DATABASE_URL right?`,
    {
      cause,
    },
  );
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
