import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readEnvironment } from '@bulk/core';

/** Where `npm start` says the address of its PostgreSQL, for as long as it runs. The password is in it. */
const FILE = '.data/database-url';

/** @param {string | null} url null: it is stopped */
export function tellEmbeddedDatabase(url) {
  if (url === null) rmSync(FILE, { force: true });
  else writeFileSync(FILE, url, { mode: 0o600 });
}

/** Sets DATABASE_URL to the PostgreSQL of a running `npm start`, unless it is set. */
export function useEmbeddedDatabase() {
  if (readEnvironment().DATABASE_URL?.trim()) return;
  try {
    process.env.DATABASE_URL = readFileSync(FILE, 'utf8');
  } catch {
    console.error('DATABASE_URL is not set, and `npm start` does not run: start it, or set DATABASE_URL.');
    process.exit(1);
  }
}
