import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findPort } from './port.mjs';
import { findProgram, installProgram } from './system-program.mjs';

const START_MS = 10_000;
/** Data that is lost when it ends. */
export const KEEPS_NOTHING = ['--save', '', '--appendonly', 'no'];

/**
 * A Redis for the tests: the one that REDIS_URL names, else one of our own from a program on PATH,
 * which Debian's root may install first.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> } | null>} null: there is none to be had
 */
export async function provideRedis(env) {
  if (env.REDIS_URL) return { url: env.REDIS_URL, stop: async () => {} };
  if (findRedisServer() === null) return null;
  return startRedis({
    dir: mkdtempSync(join(tmpdir(), 'bulk-redis-')),
    removesDir: true,
    settings: KEEPS_NOTHING,
  });
}

/**
 * Starts a Redis, and resolves when it answers. A shell that reads from our pipe ends it with us,
 * kill -9 included.
 *
 * @param {{ dir: string, port?: number, configFile?: string, settings?: string[], removesDir?: boolean }} options
 *   dir: for its files and its log; port: left out, a free one; configFile and settings: left out, its own defaults
 * @returns {Promise<{ url: string, port: number, pid: number, stop: () => Promise<void>, kill: () => void }>}
 *   stop: ends it at once, and waits until it has ended; kill: for the last moment of our process
 */
export async function startRedis({ dir, configFile, settings = [], removesDir = false, ...options }) {
  const program = findRedisServer();
  if (program === null) throw new Error('There is no redis-server on this machine.');
  const port = options.port ?? (await findPort({ host: '127.0.0.1', port: 0 }));
  const own = ['--port', port, '--bind', '127.0.0.1', '--dir', dir, '--logfile', 'redis.log'];
  const args = [...(configFile ? [configFile] : []), ...own, ...settings];
  const clean = removesDir ? `rm -rf "$dir"` : ':';
  const script = `dir=$1; shift; "$@" & server=$!; echo "$server"; read -r _; kill -KILL "$server"; wait "$server"; ${clean}`;
  const shell = spawn('/bin/sh', ['-c', script, 'sh', dir, program, ...args.map(String)], {
    detached: true, // a Ctrl-C stops the tests first
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [pid] = await once(shell.stdout, 'data');
  await untilItAnswers(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: Number(pid),
    async stop() {
      shell.stdin.end();
      if (shell.exitCode === null) await once(shell, 'exit');
    },
    kill: () => void shell.stdin.destroy(),
  };
}

async function untilItAnswers(port) {
  for (const deadline = Date.now() + START_MS; ; await delay(10)) {
    const answer = await sendToRedis(port, 'PING').catch((error) => error.message);
    if (answer.startsWith('+PONG')) return;
    if (Date.now() > deadline) throw new Error(`redis-server does not answer: ${answer}`);
  }
}

/**
 * Sends an inline command (the protocol's form for people) on a connection of its own.
 *
 * @param {number} port
 * @param {string} command
 * @returns {Promise<string>} what came first of the answer
 */
export async function sendToRedis(port, command) {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(`${command}\r\n`);
    const [answer] = await once(socket, 'data');
    return answer.toString();
  } finally {
    socket.destroy();
  }
}

/** @returns {string | null} the program's path; null: there is none, and none could be installed */
function findRedisServer() {
  return (
    findProgram(['redis-server', 'valkey-server']) ??
    installProgram({ program: 'redis-server', package: 'redis-server' })
  );
}
