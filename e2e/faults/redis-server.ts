import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { waitFor } from '@bulk/core/testing';
import { findRedisServer } from '../../scripts/lib/test-redis.mjs';
import { freePort } from '../free-port.ts';

/** The suite's own Redis. It keeps nothing: after a restart it is empty. */
export interface RedisServer {
  readonly port: number;
  /** One command, by a connection of its own, not through any proxy. */
  send(command: string): Promise<string>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** A shell that reads from our pipe ends the server with us, kill -9 included. */
const SCRIPT = '"$@" & server=$!; echo "$server"; read -r _; kill -KILL "$server"; wait "$server"';

/** @returns null: there is no Redis to be had on this machine */
export async function startRedis(dir: string): Promise<RedisServer | null> {
  const program = findRedisServer();
  if (program === null) return null;
  const port = await freePort();
  let shell: ChildProcess | null = null;
  let pid = 0;

  const server: RedisServer = {
    port,
    send: (command) => sendTo(port, command),
    signal: (name) => void process.kill(pid, name),
    async kill() {
      if (shell === null) return;
      shell.stdin?.end();
      await once(shell, 'exit');
      shell = null;
    },
    async start() {
      if (shell !== null) return;
      const settings = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      const args = [
        ...settings,
        '--dir',
        dir,
        '--enable-debug-command',
        'yes',
        '--logfile',
        `${dir}/redis.log`,
      ];
      shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', program, ...args.map(String)], {
        detached: true,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      const [line] = (await once(shell.stdout!, 'data')) as [Buffer];
      pid = Number.parseInt(line.toString(), 10);
      await waitFor(async () => (await server.send('PING')).startsWith('+PONG'), { timeoutMs: 10_000 });
    },
  };
  await server.start();
  return server;
}

/** An inline command (the protocol's form for people); the answer is what came first. */
async function sendTo(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  } finally {
    socket.destroy();
  }
}
