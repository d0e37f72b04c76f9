/** What the global setup hands to the tests, by `inject`. */
declare module 'vitest' {
  interface ProvidedContext {
    /** Removed after the run, whatever is in it. */
    tempDir: string;
  }
}

export {};
