import pg from 'pg';

/** SQLSTATEs: the database is missing; it exists; it was made at the same instant by someone else. */
const MISSING = '3D000';
const EXISTS = ['42P04', '23505'];

export async function createDatabaseIfMissing(databaseUrl: string): Promise<void> {
  const exists = await withClient(databaseUrl, async () => true).catch((error) => {
    if (error.code === MISSING) return false;
    throw error;
  });
  if (exists) return;

  const url = new URL(databaseUrl);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  await withClient(url.href, (client) => client.query(`create database ${pg.escapeIdentifier(name)}`)).catch((error) => {
    if (!EXISTS.includes(error.code)) throw error;
  });
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
