import pg from 'pg';

export interface PoolOptions {
  readonly connectionString: string;
  readonly max: number;
  /** How long a statement may wait for its answer. */
  readonly answerMs: number;
  /** Settings of the session, as on the server's command line. Where the address names one too, these win. */
  readonly options?: string;
}

/**
 * Creates the connection pool of a process. All connections can go silent at once, as when a firewall forgets
 * them or the server's machine is gone: no end, no reset; only a missing answer shows it.
 * So when one connection does not answer in time, the pool drops the idle ones too. Otherwise the next
 * statements would each get a dead connection, and each wait as long.
 */
export function createPool({ answerMs, max, options, connectionString }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options === undefined ? connectionString : withOptions(connectionString, options),
    max,
    Client: Connection,
    keepAlive: true,
    connectionTimeoutMillis: 3_000,
    // The server enforces these, so that a process that is stopped or cut off holds no lock for long.
    statement_timeout: answerMs - 1_000,
    lock_timeout: 5_000,
    idle_in_transaction_session_timeout: answerMs - 1_000,
    // A server that is frozen or unreachable enforces nothing, so the client gives up too.
    query_timeout: answerMs,
  });
  pool.on('release', (error, connection) => {
    if (isSilence(error) || silent.has(connection)) dropIdle(pool);
  });
  return pool;
}

/** Adds options to those of the address. pg itself would ignore ours where the address has `?options=`. */
function withOptions(connectionString: string, options: string): string {
  const address = new URL(connectionString);
  const asked = address.searchParams.get('options');
  // The server applies them in order: the last one wins.
  address.searchParams.set('options', asked === null ? options : `${asked} ${options}`);
  return address.href;
}

const silent = new WeakSet<object>();

/**
 * Closes itself when it is silent. By default a transaction would also wait for the answer to its rollback,
 * and then return the dead connection to the pool.
 *
 * It always listens for its own errors. The pool listens while it is idle, and the adapter while it is in use,
 * but nobody does in the moment between; an error that comes then would end the process. Nothing gets lost: each
 * further query on a broken connection is rejected.
 */
class Connection extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.on('error', () => {});
  }

  override query(...query: unknown[]): never {
    const answer: unknown = super.query(...(query as Parameters<pg.Client['query']>));
    onSilence(answer, () => {
      silent.add(this);
      void this.end();
    });
    return answer as never;
  }
}

/** Calls back when the answer to a query does not come in time. */
export function onSilence(answer: unknown, callback: (error: unknown) => void): void {
  if (!(answer instanceof Promise)) return;
  answer.catch((error: unknown) => {
    if (isSilence(error)) callback(error);
  });
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Drops the idle connections. The pool can only do so by handing them out and taking them back as broken. */
function dropIdle(pool: pg.Pool): void {
  for (let left = pool.idleCount; left > 0; left -= 1) {
    pool.connect().then(
      (connection) => connection.release(true),
      () => {},
    );
  }
}
