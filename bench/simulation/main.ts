// `npm run simulate`: says what the service needs for a given rate, by what its parts cost (costs.json), and how far
// the simulation is from the benchmark (bench/results.json). With --measure it measures the costs first.

import { parseArgs } from 'node:util';
import { createWorld } from '../world.ts';
import { readCosts } from './costs.ts';
import { measureCosts } from './measure-costs.ts';
import { needs } from './needs.ts';
import { comparePoints } from './points.ts';

const { values } = parseArgs({ options: { measure: { type: 'boolean', default: false } } });
if (values.measure) {
  const world = await createWorld('redis', []);
  try {
    await measureCosts(world);
  } finally {
    await world.end();
  }
}

const costs = readCosts();
console.log('Compared with the benchmark (bench/results.json)\n');
print(
  ['what', 'cores', 'measured', 'simulated', 'off by', 'the model holds'],
  comparePoints(costs).map(({ what, cores, unit, measured, simulated, holds }) => [
    what,
    cores,
    `${short(measured)} ${unit}`,
    short(simulated),
    `${Math.round((simulated / measured - 1) * 100)} %`,
    holds ? 'yes' : 'no',
  ]),
);
console.log('\nNeeded for a rate, every process and the database on cores of their own, 70 % busy\n');
print(
  [
    'mentors/s',
    'of a registration',
    'API',
    'workers',
    'database cores',
    'Redis',
    'WAL MB/s',
    'disk GB/day',
    'connections',
    'p50 ms',
    'p99 ms',
  ],
  needs(costs).map((each) => Object.values(each).map(short)),
);

function print(titles: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number>>): void {
  const line = (cells: ReadonlyArray<string | number>) => `| ${cells.join(' | ')} |`;
  console.log([line(titles), line(titles.map(() => '--:')), ...rows.map(line)].join('\n'));
}

function short(figure: number): string {
  return Number(figure.toPrecision(3)).toLocaleString('en');
}
