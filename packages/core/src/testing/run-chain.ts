import type { Deps } from '../deps.ts';
import { parseRegistrationId } from '../domain/ids.ts';
import type { Lane, Message } from '../domain/message.ts';
import { type RunOutcome, runMessage } from '../registrations/run-message.ts';

/** The message that counts for a registration now, whatever its status. */
export async function currentMessage({ db }: Pick<Deps, 'db'>, id: string): Promise<Message> {
  const row = await db.prisma.bulkRegistration.findUniqueOrThrow({
    where: { id: parseRegistrationId(id) ?? 0n },
    select: { id: true, attempt: true, ring: true },
  });
  return { registrationId: row.id.toString(), attempt: row.attempt, ring: row.ring };
}

/** Runs the current attempt to its end here and now, as workers would, one message after the other. */
export async function runChain(deps: Deps, id: string): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  let message: Message | null = await currentMessage(deps, id);
  let lane: Lane = 'entry';
  while (message !== null) {
    const outcome: RunOutcome = await runOnce(deps, message, lane);
    outcomes.push(outcome);
    message = outcome.kind === 'handed_over' ? outcome.next : null;
    lane = 'slices';
  }
  return outcomes;
}

export function runOnce(deps: Deps, message: Message, lane: Lane = 'entry'): Promise<RunOutcome> {
  return runMessage(deps, message, { lane, signal: new AbortController().signal, onProgress: () => {} });
}
