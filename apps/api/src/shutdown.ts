import { type Deps, withDeadline } from '@bulk/core';
import type { App } from './fastify-app.ts';

const CLOSE_DEADLINE_MS = 2_000;

/** @returns what stops the process, once: intake first, then what is under way, then the connections */
export function closeInOrder(app: App, { config, db, log, queue, tracing }: Deps): (reason: string) => void {
  let isStopping = false;
  return (reason) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ reason }, 'stopping');
    void stop();
  };

  async function stop(): Promise<void> {
    const answeringMs = Math.max(CLOSE_DEADLINE_MS, config.shutdownGraceMs - CLOSE_DEADLINE_MS);
    await step('answering open requests', app.close(), answeringMs);
    await Promise.all([
      step('closing the queue', queue.close(), CLOSE_DEADLINE_MS),
      step('closing the database', db.close(), CLOSE_DEADLINE_MS),
      ...(tracing ? [step('sending the last spans', tracing.close(), CLOSE_DEADLINE_MS)] : []),
    ]);
    log.info('stopped');
    process.exit(0);
  }

  /** A step that fails or takes too long is reported, and must not keep the next one from its turn. */
  async function step(what: string, work: Promise<unknown>, deadlineMs: number): Promise<void> {
    try {
      await withDeadline(work, deadlineMs, what);
    } catch (error) {
      log.warn({ err: error }, 'stopping goes on without a step');
    }
  }
}
