import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { waitFor } from '@bulk/core/testing';

export interface RedisProcess {
  readonly pid: number;
  /** Ends it at once, and waits until it has ended. */
  stop(): Promise<void>;
  /** For the last moment of the process. */
  kill(): void;
}

/** A shell that reads from our pipe ends the server with us, kill -9 included. */
const SCRIPT = '"$@" & server=$!; echo "$server"; read -r _; kill -KILL "$server"; wait "$server"';

export interface RedisProcessOptions {
  program: string;
  port: number;
  /** For its files and its log. */
  dir: string;
  settings?: readonly string[];
}

/** Resolves when it answers. */
export async function startRedisProcess(options: RedisProcessOptions): Promise<RedisProcess> {
  const { program, port, dir, settings = [] } = options;
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--logfile', 'redis.log'];
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', program, ...args, ...settings], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  await waitFor(async () => (await sendToRedis(port, 'PING')).startsWith('+PONG'), { timeoutMs: 10_000 });
  return {
    pid: Number.parseInt(line.toString(), 10),
    async stop() {
      shell.stdin.end();
      if (shell.exitCode === null) await once(shell, 'exit');
    },
    kill: () => void shell.stdin.destroy(),
  };
}

/** An inline command (the protocol's form for people); the answer is what came first. */
export async function sendToRedis(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  } finally {
    socket.destroy();
  }
}
