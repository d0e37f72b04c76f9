import type { Random } from '@bulk/core/testing';
import { type Fault, hasHit } from './fault.ts';

/** Stands between the two names of a pair. */
export const AND = ' + ';

/** These last for a while, and do not need any process to run. */
const SPANS = [
  'redis: CLIENT PAUSE',
  'redis: FLUSHALL',
  'redis: connections reset',
  'redis: restart, empty',
  'redis frozen',
  'redis full',
  'redis is slow',
  'redis refuses connections',
  'postgres: bytes held, then delivered',
  'postgres: connections reset',
  'postgres: out of connections',
  'postgres: pg_terminate_backend',
  'postgres: storm of serialization failures',
  'postgres: table locked',
  'postgres is slow',
];

/** These happen at one moment, and need only the statement that they wait for. */
const BLOWS = [
  'api killed before a registration lands',
  'api killed when a registration has landed',
  'batch: answer lost',
  'worker frozen while its batch lands',
  'worker killed after its batch landed',
  'worker killed before its batch lands',
];

/** Draws `count` different pairs of faults that are injected at the same time. */
export function drawPairs(faults: readonly Fault[], random: Random, count: number): Fault[] {
  const named = (names: readonly string[]) => faults.filter(({ name }) => names.includes(name));
  const spans = random.shuffled(named(SPANS)).slice(0, count);
  return spans.map((span) => atOnce(span, random.pick(named(BLOWS))));
}

function atOnce(span: Fault, blow: Fault): Fault {
  return {
    name: `${span.name}${AND}${blow.name}`,
    async run(context) {
      const hits = await Promise.all(
        [span, blow].map((each) => each.run({ ...context, random: context.random.fork(each.name) })),
      );
      return { 'both at once': hits.every(hasHit) ? 1 : 0 };
    },
  };
}
