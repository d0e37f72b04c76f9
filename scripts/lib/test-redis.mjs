import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPort } from './port.mjs';
import { findProgram, installProgram } from './system-program.mjs';

/**
 * A Redis for the tests: the one that REDIS_URL names, else one of our own from a program on PATH,
 * which Debian's root may install first.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> } | null>} null: there is none to be had
 */
export async function provideRedis(env) {
  if (env.REDIS_URL) return { url: env.REDIS_URL, stop: async () => {} };
  const program = findRedisServer();
  return program === null ? null : startRedis(program);
}

/** @returns {string | null} the program's path; null: there is none, and none could be installed */
export function findRedisServer() {
  return (
    findProgram(['redis-server', 'valkey-server']) ??
    installProgram({ program: 'redis-server', package: 'redis-server' })
  );
}

/** It keeps nothing, and a shell that reads from our pipe ends it with us, kill -9 included. */
async function startRedis(program) {
  const dir = mkdtempSync(join(tmpdir(), 'bulk-redis-'));
  const port = await findPort({ host: '127.0.0.1', port: 0 });
  const settings = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir];
  const script = 'dir=$1; shift; "$@" & server=$!; read -r _; kill "$server"; wait "$server"; rm -rf "$dir"';
  const shell = spawn('/bin/sh', ['-c', script, 'sh', dir, program, ...settings.map(String)], {
    detached: true, // a Ctrl-C stops the tests first
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      shell.stdin.end();
      if (shell.exitCode === null) await once(shell, 'exit');
    },
  };
}
