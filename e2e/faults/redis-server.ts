import { KEEPS_NOTHING, sendToRedis, startRedis } from '../../scripts/lib/test-redis.mjs';

const SETTINGS = [...KEEPS_NOTHING, '--enable-debug-command', 'yes'];

/** The suite's own Redis. It keeps nothing: after a restart it is empty. */
export class RedisServer {
  readonly port: number;
  readonly #dir: string;
  #running: Awaited<ReturnType<typeof startRedis>> | null;

  static async start(dir: string): Promise<RedisServer> {
    return new RedisServer(dir, await startRedis({ dir, settings: SETTINGS }));
  }

  private constructor(dir: string, running: Awaited<ReturnType<typeof startRedis>>) {
    this.port = running.port;
    this.#dir = dir;
    this.#running = running;
  }

  /** One command, by a connection of its own, not through any proxy. */
  send(command: string): Promise<string> {
    return sendToRedis(this.port, command);
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#running) process.kill(this.#running.pid, name);
  }

  async kill(): Promise<void> {
    await this.#running?.stop();
    this.#running = null;
  }

  async start(): Promise<void> {
    this.#running ??= await startRedis({ dir: this.#dir, port: this.port, settings: SETTINGS });
  }
}
