import pg from 'pg';

export interface PoolOptions {
  readonly connectionString: string;
  readonly max: number;
  /** How long the server may keep a statement waiting for its answer. */
  readonly answerMs: number;
  /** Settings of the server, as on its command line. */
  readonly options?: string;
}

/**
 * The connections of a process. They may all go silent at once, as when a firewall forgets them or the
 * server's machine is gone: no end, no reset, and only what waits for an answer can notice.
 * So when one of them does not answer in time, those that lie idle are suspects too and are dropped.
 * Else statements in a row would each draw a dead one, and each wait for as long.
 */
export function createPool({ answerMs, ...options }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...options,
    Client: Connection,
    keepAlive: true,
    connectionTimeoutMillis: 3_000,
    // Enforced by the server, so that a process that is stopped or cut off holds no lock for long.
    statement_timeout: answerMs - 1_000,
    lock_timeout: 5_000,
    idle_in_transaction_session_timeout: answerMs - 1_000,
    // A server that is frozen, or cut off without a word, enforces nothing: give up ourselves.
    query_timeout: answerMs,
  });
  pool.on('release', (error, connection) => {
    if (isSilence(error) || silent.has(connection)) dropIdle(pool);
  });
  return pool;
}

const silent = new WeakSet<object>();

/**
 * Takes itself out when it is silent. By default a transaction on it would wait for the answer to its
 * rollback too, and then hand the connection back for the next one to wait on.
 */
class Connection extends pg.Client {
  override query(...query: unknown[]): never {
    const answer: unknown = super.query(...(query as Parameters<pg.Client['query']>));
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => {
        if (!isSilence(error)) return;
        silent.add(this);
        void this.end();
      });
    }
    return answer as never;
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** To take and to release as broken is the pool's one way to drop a connection. */
function dropIdle(pool: pg.Pool): void {
  for (let left = pool.idleCount; left > 0; left -= 1) {
    pool.connect().then(
      (connection) => connection.release(true),
      () => {},
    );
  }
}
