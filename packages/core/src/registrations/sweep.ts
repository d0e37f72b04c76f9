import { dropExpiredKeys } from '../db/idempotency-keys.ts';
import { type IdleMessage, listIdle, noteTaken, takeNextRings } from '../db/registrations.ts';
import { claimSweep } from '../db/sweeps.ts';
import type { Deps } from '../deps.ts';
import type { Message } from '../domain/message.ts';

const PAGE = 200;

/** How many message locks a taken message may take without any progress before it is given up. */
const PATIENCE_IN_LOCKS = 4;

/**
 * Rings again for every processing registration that no message lives for: never rung, lost,
 * given up, or flushed with the queue. One worker an interval does it, whichever comes first. It
 * also drops expired idempotency keys.
 *
 * The queue takes the messages of a dead worker back, but goes by its workers' clocks: what a
 * worker took, or put off, whose clock was ahead stays its own until that time has come. So the
 * sweeper also rings again where it finds the same message taken at both ends of a span, by the
 * database's clock, in which the registration has not moved. Idle and taken at one moment would
 * prove nothing: in a backlog every message is idle until it is taken.
 *
 * A message that is wrongly taken for dead does no harm: its ring no longer counts.
 *
 * @returns how many chains were rung
 */
export async function sweep(deps: Deps, signal: AbortSignal): Promise<number> {
  const { db, config, log } = deps;
  if (!(await claimSweep(db.prisma, { everyMs: config.sweepMs }))) return 0;

  let rung = 0;
  let afterId = 0n;
  while (!signal.aborted) {
    const idle = await listIdle(db.prisma, { afterId, idleMs: config.sweepMs, limit: PAGE });
    const verdicts = await Promise.all(idle.map((message) => judge(deps, message)));
    const judged = (verdict: Verdict) => idle.filter((_, index) => verdicts[index] === verdict);
    await note(deps, judged('newly taken'));
    rung += await ringAgain(deps, judged('lost'));
    const last = idle.at(-1);
    if (last === undefined || idle.length < PAGE) break;
    afterId = BigInt(last.registrationId);
  }
  await dropExpiredKeys(db.prisma, { limit: 1_000 });
  if (rung > 0) log.info({ rung }, 'swept');
  return rung;
}

type Verdict = 'fine' | 'newly taken' | 'lost';

async function judge({ queue, config }: Deps, message: IdleMessage): Promise<Verdict> {
  const whereabouts = await queue.locate(message);
  if (whereabouts === 'gone') return 'lost';
  if (whereabouts === 'waiting') return 'fine';
  if (message.takenForMs === null) return 'newly taken';
  return message.takenForMs > PATIENCE_IN_LOCKS * config.messageLockMs ? 'lost' : 'fine';
}

async function note({ db }: Deps, taken: readonly Message[]): Promise<void> {
  if (taken.length > 0) await noteTaken(db.prisma, taken);
}

async function ringAgain({ db, queue }: Deps, messages: readonly Message[]): Promise<number> {
  if (messages.length === 0) return 0;
  const taken = await takeNextRings(db.prisma, messages);
  await Promise.all(taken.map((message) => queue.ring(message, 'entry')));
  return taken.length;
}
