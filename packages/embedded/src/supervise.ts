import { setTimeout as delay } from 'node:timers/promises';
import { type RunningServer, type StartOptions, startServer } from './start-server.ts';

export interface SuperviseOptions extends StartOptions {
  /** Called when the server ended and could not be started again. */
  readonly onGone: (error: Error) => void;
}

const RESTART_DELAYS_MS = [100, 500, 1_000, 2_000, 5_000];

/** Starts the server, and again, on the same port, whenever it ends without being told to. */
export async function superviseServer(
  options: SuperviseOptions,
): Promise<Pick<RunningServer, 'stop' | 'kill'>> {
  const { cluster, log, onGone } = options;
  let stopping = false;
  let restarting: Promise<void> = Promise.resolve();
  let server: RunningServer;

  const run = async () => {
    server = await startServer(options);
    void server.exited.then(() => {
      if (!stopping) restarting = restart();
    });
  };

  const restart = async () => {
    log('PostgreSQL ended unexpectedly: starting it again');
    for (const delayMs of RESTART_DELAYS_MS) {
      await delay(delayMs);
      if (stopping) return;
      try {
        return await run();
      } catch (error) {
        log((error as Error).message);
      }
    }
    onGone(new Error(`PostgreSQL could not be started again. Its log is ${cluster.dataDir}/server.log`));
  };

  await run();
  return {
    async stop() {
      stopping = true;
      await restarting;
      await server.stop();
    },
    kill() {
      stopping = true;
      server.kill();
    },
  };
}
