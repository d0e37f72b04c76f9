import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, type FaultContext, type Hits, onNextStatement, ownMentors } from './fault.ts';
import { type MemberName, WORKERS } from './fleet.ts';
import type { Entry } from './journal.ts';
import type { Statement } from './postgres-wire.ts';
import type { World } from './world.ts';

/** Single statements that get lost on their way, or whose answer gets lost. */
export const WIRE_FAULTS: readonly Fault[] = [
  ...bothEnds('batch', WORKERS, 6),
  ...bothEnds('claim-generation', WORKERS, 2, async ({ load }) => {
    await load.submit({ mentor_ids: ownMentors(5_000) });
  }),
  ...bothEnds('submit', ['api'], 3),
  ...bothEnds('retry-commit', ['api'], 1, async ({ world, load }) => {
    await world.actions.retry(
      await failedEntry(world, () => load.submit({ mentor_ids: ['bad-1', 'bad-2'] })),
    );
  }),
  ...bothEnds('cancel', ['api'], 1, async ({ world, load }) => {
    await world.actions.cancel(await load.submit({ mentor_ids: ownMentors(5_000) }));
  }),
  ...bothEnds('delete', ['api'], 1, async ({ world, load }) => {
    await world.actions.remove(await failedEntry(world, () => load.submit({ mentor_ids: ['bad-3'] })));
  }),
  { name: 'cancel while a batch is on its way', run: cancelWhileBatchIsHeld },
];

/** The statement never arrives; or it is done, and the answer never arrives. */
function bothEnds(
  statement: Statement,
  on: readonly MemberName[],
  times: number,
  provoke?: (context: FaultContext) => Promise<void>,
): Fault[] {
  const lose = async (context: FaultContext, at: 'request' | 'reply'): Promise<Hits> => {
    const hits: Hits = {};
    const listening = onNextStatement(context.world, {
      on,
      statement,
      at,
      times,
      act(_, stage) {
        const label = { sent: 'before it lands', done: 'after commit', refused: 'refused anyway' }[stage];
        hits[label] = (hits[label] ?? 0) + 1;
        return 'cut';
      },
    });
    await Promise.all([listening, provoke?.(context)]);
    return hits;
  };
  return [
    { name: `${statement} lost before it lands`, run: (context) => lose(context, 'request') },
    { name: `${statement}: answer lost`, run: (context) => lose(context, 'reply') },
  ];
}

/** The batch left before the cancel and arrives after its answer: it must leave nothing. */
async function cancelWhileBatchIsHeld({ world, load }: FaultContext): Promise<Hits> {
  const entry = await load.submit({ mentor_ids: ownMentors(5_000) });
  let cancels = 0;
  const held = await onNextStatement(world, {
    times: 3,
    withinMs: 1_500,
    async act(): Promise<'pass'> {
      if (entry.id !== null && (await world.actions.cancel(entry)) === 200) cancels += 1;
      await sleep(50);
      return 'pass';
    },
  });
  return { 'batch after the cancel': cancels, held };
}

async function failedEntry({ actions }: World, submit: () => Promise<Entry>): Promise<Entry> {
  const entry = await submit();
  for (let tries = 0; entry.id !== null && tries < 200; tries += 1) {
    const details = await actions.read(entry);
    if (details !== null && details.status !== 'processing') break;
    await sleep(25);
  }
  return entry;
}
