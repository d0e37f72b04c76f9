import { expect, test } from 'vitest';
import { readCosts } from './costs.ts';
import { Machine, Simulation } from './engine.ts';
import { comparePoints } from './points.ts';

const points = comparePoints(readCosts());

test.each(points.filter(({ holds }) => holds))(
  'the simulation is within 20 % of the benchmark: $what, $cores cores',
  ({ measured, simulated }) => {
    expect(Math.abs(simulated / measured - 1)).toBeLessThan(0.2);
  },
);

test('more threads than cores share them alike, and one thread uses one core at most', () => {
  const simulation = new Simulation();
  const machine = new Machine(simulation, 2);
  const endedAtMs: number[] = [];
  for (const cpuUs of [1_000, 2_000, 3_000]) {
    machine.thread().work(cpuUs)(() => endedAtMs.push(simulation.nowMs));
  }
  simulation.run();
  // Three share two cores until 1.5 ms; then each of the two has one.
  expect(endedAtMs.map((ms) => Number(ms.toFixed(6)))).toEqual([1.5, 2.5, 3.5]);
});
