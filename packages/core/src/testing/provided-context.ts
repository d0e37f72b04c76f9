/** What the global setup and the projects of vitest.config.ts hand to the tests, by `inject`. */
declare module 'vitest' {
  interface ProvidedContext {
    /** The test server's `postgres` database, as superuser. */
    postgresUrl: string;
    /** null: the tests run without Redis. */
    redisUrl: string | null;
    /** Removed after the run, whatever is in it. */
    tempDir: string;
    /** Only in `*.queue.test.ts`, which run once on each. */
    queueBackend: 'postgres' | 'redis';
  }
}

export {};
