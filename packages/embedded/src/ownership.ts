import pg from 'pg';

/** Any number that nothing else locks. */
const LOCK_KEY = 6_251_180;

export interface Ownership {
  /** Called once if the connection, and with it the lock, is lost. */
  onLost(listener: () => void): void;
  release(): Promise<void>;
}

/**
 * Claims the server for this launcher, by an advisory lock that lives as long as this connection.
 * @returns null when another launcher has it
 * @throws when the server can't be reached (yet)
 */
export async function claimServer(port: number, password: string): Promise<Ownership | null> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    ssl: false,
    application_name: `launcher ${process.pid}`,
    connectionTimeoutMillis: 5_000,
  });
  // Without a listener a lost connection would end the process.
  client.on('error', () => {});
  await client.connect();
  const statement = 'select pg_try_advisory_lock($1) as claimed';
  const { rows } = await client.query<{ claimed: boolean }>(statement, [LOCK_KEY]);
  if (rows[0]?.claimed !== true) {
    await client.end();
    return null;
  }
  return {
    onLost: (listener) => void client.once('end', listener),
    async release() {
      client.removeAllListeners('end');
      await client.end();
    },
  };
}
