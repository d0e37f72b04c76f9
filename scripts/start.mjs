// `npm start`: a database if none is given, the migrations, the API and a worker, and the way down.
//
// Up: PostgreSQL, migrations, then the API and the worker as processes of their own. Down, on
// Ctrl-C or a signal: API and worker first, which finish what they have begun, then PostgreSQL.
// A second Ctrl-C ends all at once.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadConfig, migrate, readEnvironment, refuseOpenAddress } from '@bulk/core';
import { startEmbeddedPostgres } from '@bulk/embedded';
import { keptPassword } from './lib/admin-password.mjs';
import { tellEmbeddedDatabase } from './lib/embedded-database.mjs';
import { findPort } from './lib/port.mjs';
import { runProgram } from './lib/program.mjs';
import { summary } from './lib/summary.mjs';

const READY_MS = 60_000;
/** A Ctrl-C comes twice at once: from the terminal, and from npm, which passes its own on. */
const SAME_SIGNAL_MS = 500;

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const dataDir = join(root, '.data/postgres');

const programs = [];
let postgres = null; // a promise of the embedded one
let isStopping = false;
let signalledAt = 0;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
process.on('uncaughtException', fail);
start().catch(fail);

async function start() {
  const env = readEnvironment();
  const isEmbedded = !env.DATABASE_URL?.trim();
  // Before anything starts, so that every fault is said at once. The embedded address comes later.
  const settings = loadConfig({ ...env, ...(isEmbedded && { DATABASE_URL: 'postgresql://embedded' }) });
  refuseOpenAddress(settings);
  if (isEmbedded) postgres = startEmbeddedPostgres({ dataDir, log, onGone: fail });
  const embedded = await postgres;
  if (embedded) tellEmbeddedDatabase(embedded.url);
  const config = { ...settings, databaseUrl: embedded?.url ?? settings.databaseUrl };
  const port = await findPort(config);
  for (const name of (await migrate(config)).applied) log(`applied ${name}`);
  if (isStopping) return;

  const password = config.adminPassword === null ? keptPassword('.data/admin-password') : null;
  const childEnv = {
    ...env,
    DATABASE_URL: config.databaseUrl,
    PORT: String(port),
    ADMIN_PASSWORD: config.adminPassword ?? password,
  };
  const api = run('API', 'apps/api/dist/server.js', childEnv, config);
  const workerEnv = { ...childEnv, ...(config.metricsPort && { METRICS_PORT: config.metricsPort + 1 }) };
  const worker = run('worker', 'apps/worker/dist/main.js', workerEnv, config);
  await Promise.all([api.ready, worker.ready, untilReady(config.host, port)]);
  if (!isStopping) console.log(summary({ config, port, password, dataDir: embedded?.dataDir ?? null }));
}

function run(name, script, env, { shutdownGraceMs }) {
  const graceMs = shutdownGraceMs + 2_000; // theirs, and a little for closing connections
  const program = runProgram({ name, script: join(root, script), env, graceMs, log, onGivenUp: fail });
  programs.push(program);
  return program;
}

async function untilReady(host, port) {
  const address = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}/readyz`;
  const deadline = Date.now() + READY_MS;
  let answer = 'no answer';
  while (!isStopping) {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch((error) => error);
    if (response.ok) return;
    answer = response.status ? `${response.status} ${await response.text()}` : response.message;
    if (Date.now() > deadline) throw new Error(`The API is not ready after ${READY_MS / 1_000} s: ${answer}`);
    await delay(50);
  }
}

function onSignal(signal) {
  const isEcho = Date.now() - signalledAt < SAME_SIGNAL_MS;
  signalledAt = Date.now();
  if (isEcho) return;
  if (isStopping) return endAtOnce();
  log(`${signal}: stopping; once more ends everything at once`);
  void stop(0);
}

function fail(error) {
  if (isStopping) return;
  console.error(`\n${error.message}`);
  void stop(1);
}

async function stop(exitCode) {
  isStopping = true;
  try {
    await Promise.all(programs.map((program) => program.stop()));
    // It may be in the middle of starting, or have failed to.
    await (await postgres?.catch(() => null))?.stop();
    tellEmbeddedDatabase(null);
    if (exitCode === 0) log('stopped');
    process.exit(exitCode);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

/** The server's own watchdog stops PostgreSQL as soon as this process is gone. */
function endAtOnce() {
  for (const program of programs) program.kill();
  process.exit(130);
}

function log(line) {
  console.log(`[start] ${line}`);
}
