import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

export type MigrationList = bindings.MigrationList;

/**
 * Applies the migrations that the database does not have yet and returns their names.
 *
 * This is the engine of `prisma migrate deploy`, compiled to WebAssembly: it needs no download and
 * keeps `_prisma_migrations` the same way, so either may be used.
 */
export async function applyWithSchemaEngine(
  databaseUrl: string,
  migrationsList: MigrationList,
): Promise<string[]> {
  await instantiate();
  const { factory, dispose } = disposable(new PrismaPg(databaseUrl));
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(factory);
    const engine = await bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
    const filters = { externalTables: [], externalEnums: [] };
    const { failedMigrationNames } = await engine.diagnoseMigrationHistory({
      migrationsList,
      filters,
      optInToShadowDatabase: false,
    });
    // An interrupted script left nothing behind (see executeScript below), so it may run again.
    for (const migrationName of failedMigrationNames) await engine.markMigrationRolledBack({ migrationName });
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters });
    return appliedMigrationNames;
  } catch (error) {
    throw plainly(error as Error);
  } finally {
    await dispose();
  }
}

let instantiated: Promise<void> | undefined;

/** Once per process: a second instance over the same bindings crashes. */
function instantiate(): Promise<void> {
  instantiated ??= (async () => {
    const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
    const bytes = await readFile(join(dirname(path), 'schema_engine_bg.wasm'));
    const { instance } = await webAssembly.instantiate(bytes, { './schema_engine_bg.js': importsOfEngine() });
    bindings.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
  })();
  return instantiated;
}

/** The engine never clears its timers (the longest, its lock timeout, takes 10 s): they must not keep the process alive. */
function importsOfEngine(): Record<string, unknown> {
  const setTimer = Object.keys(bindings).find((name) => name.startsWith('__wbg_setTimeout_'));
  if (setTimer === undefined) throw new Error('The schema engine sets its timers by another name now.');
  return {
    ...bindings,
    [setTimer]: (callback: () => void, ms: number) => setTimeout(callback, ms >>> 0).unref(),
  };
}

/** @types/node 20 does not know WebAssembly. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(
      bytes: Uint8Array,
      imports: Record<string, unknown>,
    ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
  };
};

/** The engine closes nothing; its session would hold the migration lock, and the next run wait 10 s for it. */
function disposable(inner: SqlMigrationAwareDriverAdapterFactory) {
  const connected: SqlDriverAdapter[] = [];
  const remember = async (connecting: Promise<SqlDriverAdapter>) => {
    const adapter = await connecting;
    connected.push(adapter);
    // As it comes it cuts the script at every semicolon, those in comments and function bodies too.
    // Sent as a whole, as the native engine does, a script is also one transaction.
    adapter.executeScript = async (sql) => void (await adapter.executeRaw({ sql, args: [], argTypes: [] }));
    return adapter;
  };
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: inner.provider,
    adapterName: inner.adapterName,
    connect: () => remember(inner.connect()),
    connectToShadowDb: () => remember(inner.connectToShadowDb()),
  };
  const dispose = async () => {
    await Promise.all(connected.map((adapter) => adapter.dispose()));
  };
  return { factory, dispose };
}

/** The engine's messages end with the places in its source that the error went through. */
function plainly(error: Error): Error {
  const [message = ''] = error.message.split(/\n\s+0: /);
  const reason = message.replace('external connector error\nError querying the database: ', '');
  const migration = /with migration_name="([^"]+)"/.exec(error.message)?.[1];
  return new Error(migration === undefined ? reason : `Migration ${migration} failed: ${reason}`, {
    cause: error,
  });
}
