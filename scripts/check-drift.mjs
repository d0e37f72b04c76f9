// What is committed twice must say the same: the migrations and prisma/schema.prisma, the API and
// docs/openapi.json. Prints what differs and exits 1.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { migrate } from '@bulk/core';
import { startEmbeddedPostgres } from '@bulk/embedded';

const root = resolve(import.meta.dirname, '..');
const CHARACTER = 6; // ColumnTypeEnum.Character of driver-adapter-utils
const CHARACTER_COLUMNS = new Set(['constraint_type', 'confdeltype', 'confupdtype']);

const faults = [...(await schemaFaults()), ...openapiFaults()];
for (const fault of faults) console.error(fault);
// Explicitly: the engine leaves timers behind that would keep the process alive.
process.exit(faults.length > 0 ? 1 : 0);

/** @returns {Promise<string[]>} how the database that the migrations make differs from schema.prisma */
async function schemaFaults() {
  const parent = mkdtempSync(join(tmpdir(), 'bulk-drift-'));
  chmodSync(parent, 0o755); // For root the server is another user, who has to pass through here.
  const postgres = await startEmbeddedPostgres({
    dataDir: join(parent, 'data'),
    durable: false,
    log: () => {},
  });
  try {
    await migrate({ databaseUrl: postgres.url, redisUrl: null, queuePrefix: 'bulk' });
    const sql = await sqlFromDatabaseToSchema(postgres.url);
    if (sql === null) return [];
    return [`prisma/migrations and prisma/schema.prisma differ. From the first to the second:\n\n${sql}`];
  } finally {
    await postgres.stop();
    rmSync(parent, { recursive: true, force: true });
  }
}

/**
 * Asks Prisma Migrate's own engine. What the schema's language can't express (checks, collations,
 * views, domains, partial indexes) it leaves alone.
 *
 * @returns {Promise<string | null>} null when both say the same
 */
async function sqlFromDatabaseToSchema(databaseUrl) {
  // Core's packages, and the very instance that `migrate` has run: a second one would crash.
  const fromCore = createRequire(join(root, 'packages/core/package.json'));
  const load = (name) => import(pathToFileURL(fromCore.resolve(name)).href);
  const { SchemaEngine } = await load('@prisma/schema-engine-wasm/schema_engine_bg');
  const { bindMigrationAwareSqlAdapterFactory } = await load('@prisma/driver-adapter-utils');
  const { PrismaPg } = await load('@prisma/adapter-pg');
  // Without this a panic of the engine is a promise that never settles.
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };

  const schema = readFileSync(join(root, 'prisma/schema.prisma'), 'utf8');
  const files = [{ path: 'schema.prisma', content: schema }];
  const { factory, close } = describable(new PrismaPg(databaseUrl));
  const adapter = bindMigrationAwareSqlAdapterFactory(factory);
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, adapter);
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: root },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 0 ? null : (stdout ?? '').trim();
  } finally {
    await close();
  }
}

/**
 * The engine asks for three catalog columns of PostgreSQL's type "char", which the adapter refuses,
 * and panics at the not-null constraints that PostgreSQL 18 lists among the checks
 * (github.com/prisma/orm/issues/29635). Should its queries change, it fails aloud.
 */
function describable(inner) {
  const opened = [];
  const connect = async () => {
    const connection = await inner.connect();
    opened.push(connection);
    const query = connection.queryRaw.bind(connection);
    connection.queryRaw = async (params) => {
      const sql = params.sql
        .replace(/con\.(conf(?:del|upd)type)/g, 'con.$1::text as $1')
        .replace('constr.contype AS', 'constr.contype::text AS')
        .replace("contype NOT IN ('p', 'u', 'f')", "contype NOT IN ('p', 'u', 'f', 'n')");
      const result = await query({ ...params, sql });
      const columnTypes = result.columnNames.map((name, index) =>
        CHARACTER_COLUMNS.has(name) ? CHARACTER : result.columnTypes[index],
      );
      return { ...result, columnTypes };
    };
    return connection;
  };
  const factory = {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect,
    connectToShadowDb: () => Promise.reject(new Error('Nothing here needs a shadow database')),
  };
  return { factory, close: () => Promise.all(opened.map((connection) => connection.dispose())) };
}

/** @returns {string[]} */
function openapiFaults() {
  const made = execFileSync(process.execPath, [join(root, 'apps/api/dist/openapi-main.js')], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const file = join(root, 'docs/openapi.json');
  if (existsSync(file) && readFileSync(file, 'utf8') === made) return [];
  return ['docs/openapi.json is not what the API says. `npm run openapi` updates it.'];
}
