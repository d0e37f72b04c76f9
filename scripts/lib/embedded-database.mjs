import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readEnvironment } from '@bulk/core';

/** Where `npm start` says the address of its PostgreSQL, for as long as it runs. The password is in it. */
const FILE = '.data/database-url';

/** @param {string | null} url null: it is stopped */
export function tellEmbeddedDatabase(url) {
  if (url === null) rmSync(FILE, { force: true });
  else writeFileSync(FILE, url, { mode: 0o600 });
}

/**
 * Sets DATABASE_URL to the PostgreSQL of a running `npm start`, unless it is set.
 *
 * @returns {boolean} false: it is not set, and `npm start` does not run
 */
export function findEmbeddedDatabase() {
  if (readEnvironment().DATABASE_URL?.trim()) return true;
  try {
    process.env.DATABASE_URL = readFileSync(FILE, 'utf8');
    return true;
  } catch {
    return false;
  }
}

/** As `findEmbeddedDatabase`, for a program that needs one. */
export function useEmbeddedDatabase() {
  if (findEmbeddedDatabase()) return;
  console.error('DATABASE_URL is not set, and `npm start` does not run: start it, or set DATABASE_URL.');
  process.exit(1);
}
