import { fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const RESTART_DELAYS_MS = [250, 500, 1_000, 2_000, 5_000];
/** A program that ran this long before it ended begins with the first delay again. */
const STEADY_MS = 60_000;

/**
 * Runs one of our programs, and starts it again when it ends by itself after it was ready once.
 *
 * It leads a process group of its own: a Ctrl-C in the terminal reaches the launcher alone, which
 * stops everything in order. Should the launcher be killed, the program notices that its IPC
 * channel closes, and stops.
 *
 * @param {{ name: string, script: string, env: NodeJS.ProcessEnv, graceMs: number,
 *   log: (line: string) => void, onGivenUp: (error: Error) => void }} options
 * @returns {{ ready: Promise<void>, stop: () => Promise<void>, kill: () => void }} ready rejects
 *   when the program ends before it has said that it is ready
 */
export function runProgram({ name, script, env, graceMs, log, onGivenUp }) {
  let isStopping = false;
  let failures = 0;
  let current = launch();
  void current.ended.then(afterEnd);

  return {
    ready: current.ready,
    async stop() {
      isStopping = true;
      const { child, ended } = current;
      child.kill('SIGTERM');
      await Promise.race([ended, delay(graceMs, undefined, { ref: false })]);
      killGroup(child);
      await ended;
    },
    kill() {
      isStopping = true;
      killGroup(current.child);
    },
  };

  function launch() {
    const startedAt = Date.now();
    const child = fork(script, { env, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const ended = new Promise((settle) => {
      child.once('exit', (code, signal) => settle(signal ?? `exit code ${code}`));
      child.once('error', (error) => settle(error.message));
    });
    const program = { child, ended, startedAt, wasReady: false };
    program.ready = new Promise((settle, reject) => {
      child.on('message', (message) => {
        if (message !== 'ready') return;
        program.wasReady = true;
        settle();
      });
      void ended.then((how) => reject(new Error(`The ${name} ended before it was ready (${how}).`)));
    });
    // Looked at only for the first start; a later one that fails is tried again.
    program.ready.catch(() => {});
    return program;
  }

  async function afterEnd(how) {
    const isFirstStart = failures === 0 && !current.wasReady;
    if (isStopping || isFirstStart) return;
    if (current.wasReady && Date.now() - current.startedAt > STEADY_MS) failures = 0;
    const delayMs = RESTART_DELAYS_MS[failures];
    failures += 1;
    if (delayMs === undefined)
      return onGivenUp(new Error(`The ${name} ended (${how}) too often to start it again.`));
    log(`the ${name} ended (${how}): starting it again in ${delayMs / 1_000} s`);
    await delay(delayMs);
    if (isStopping) return;
    current = launch();
    current.ready.then(
      () => log(`the ${name} is back`),
      () => {},
    );
    await afterEnd(await current.ended);
  }
}

function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All gone.
  }
}
