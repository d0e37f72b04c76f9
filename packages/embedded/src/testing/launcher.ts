import { startEmbeddedPostgres } from '../index.ts';

/** A launcher to be killed: starts PostgreSQL on the folder it is given and reports the address. */
const [dataDir = ''] = process.argv.slice(2);
const { url } = await startEmbeddedPostgres({ dataDir, log: console.log, durable: false });
process.send?.(url);
