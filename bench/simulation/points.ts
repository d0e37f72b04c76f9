import { readFileSync } from 'node:fs';
import { percentile } from '../measure.ts';
import type { Run } from '../report.ts';
import type { Costs } from './costs.ts';
import type { Activity } from './engine.ts';
import { onMachine, type Registration, Service } from './model.ts';

/** A figure of the benchmark, and what the simulation says of it. */
export interface Point {
  what: string;
  cores: number;
  unit: string;
  measured: number;
  simulated: number;
  /** Whether docs/scaling.md says that the model holds here. */
  holds: boolean;
}

const LARGE: Registration = { mentors: 100_000 };
const SMALL: Registration = { mentors: 8 };

type Predict = (costs: Costs, cores: number) => number;

/** By the name of the row in bench/results.json, with the numbers of cores where the model holds. */
const POINTS: ReadonlyArray<{ what: string; predict: Predict; holdsOn: readonly number[] }> = [
  {
    what: 'POST of 100,000 over HTTP until completed, one worker',
    holdsOn: [1, 2],
    predict: (costs, cores) => postRate(costs, cores, 1, [LARGE]),
  },
  {
    what: 'the worker alone: 100,000 stored, from the job until completed',
    holdsOn: [1, 2],
    predict(costs, cores) {
      const service = new Service(costs, { cores });
      service.simulation.start(service.process(LARGE));
      return LARGE.mentors / (service.run() / 1_000);
    },
  },
  {
    what: 'the same, all of them duplicates',
    holdsOn: [2],
    predict: (costs, cores) => postRate(costs, cores, 1, [{ ...LARGE, becomes: 'duplicate' }]),
  },
  {
    what: 'the same, all of them duplicates, with override_duplicates',
    holdsOn: [2],
    predict: (costs, cores) => postRate(costs, cores, 1, [{ ...LARGE, becomes: 'override' }]),
  },
  {
    what: '8 registrations of 20,000, two workers',
    holdsOn: [2],
    predict: (costs, cores) => postRate(costs, cores, 2, eight()),
  },
  {
    what: '8 registrations of 20,000, four workers',
    holdsOn: [2],
    predict: (costs, cores) => postRate(costs, cores, 4, eight()),
  },
  {
    what: 'registrations of 8 mentors, 16 clients, until all are completed',
    holdsOn: [2],
    predict(costs, cores) {
      const service = new Service(costs, { cores });
      const count = 1_000;
      let sent = 0;
      const client = function* (): Activity {
        while (sent++ < count) yield* service.post(SMALL);
      };
      for (let index = 0; index < 16; index += 1) service.simulation.start(client());
      return count / (service.run() / 1_000);
    },
  },
  {
    what: 'idle: POST of 8 sent until completed_at, median',
    holdsOn: [],
    predict(costs, cores) {
      const service = new Service(costs, { cores });
      service.simulation.start(service.post(SMALL));
      return service.run();
    },
  },
  {
    what: '100,000 mentors while another coordinator has 50 such registrations',
    holdsOn: [],
    predict(costs, cores) {
      const service = new Service(costs, { cores });
      let tookMs = 0;
      const all = function* (): Activity {
        for (let other = 0; other < 50; other += 1) yield* service.post({ ...LARGE, coordinator: 'busy' });
        const sentAtMs = service.simulation.nowMs;
        yield* service.post({ ...LARGE, coordinator: 'quiet' }, (atMs) => {
          tookMs = atMs - sentAtMs;
        });
      };
      service.simulation.start(all());
      service.run();
      return tookMs;
    },
  },
  {
    what: '5 mentors while ten of 100,000 run, p99 of ',
    holdsOn: [],
    predict(costs, cores) {
      const service = new Service(costs, { cores });
      const { simulation } = service;
      const times: number[] = [];
      let open = 10;
      const small = function* (): Activity {
        while (open > 0) {
          const sentAtMs = simulation.nowMs;
          yield (resume) => simulation.start(service.post({ mentors: 5 }, resume));
          times.push(simulation.nowMs - sentAtMs);
          yield simulation.sleep(20);
        }
      };
      const all = function* (): Activity {
        for (let big = 0; big < 10; big += 1) {
          yield* service.post(LARGE, () => {
            open -= 1;
          });
        }
        yield* small();
      };
      simulation.start(all());
      service.run();
      return percentile(times, 99);
    },
  },
];

/**
 * Compares the simulation with the benchmark of the production backend, on each number of cores that was measured. The
 * ceiling of the same row, or else of the same run, says how fast the machine was then; nothing else is fitted.
 */
export function comparePoints(costs: Costs): Point[] {
  const runs = JSON.parse(readFileSync(new URL('../results.json', import.meta.url), 'utf8')) as Run[];
  return runs
    .filter(({ backend }) => backend === 'redis')
    .flatMap(({ cores, rows }) => {
      const ceiling = rows.find(({ against }) => against === 'ceiling')?.theirs;
      if (typeof ceiling !== 'number') throw new Error(`The run on ${cores} cores has no ceiling.`);
      const bare = bareRate(costs, cores);
      return POINTS.flatMap(({ what, predict, holdsOn }) => {
        const row = rows.find((each) => each.what.startsWith(what));
        if (row === undefined) return [];
        const { unit, ours, against, theirs } = row;
        const then = onMachine(costs, ((against === 'ceiling' && theirs) || ceiling) / bare);
        return {
          what: row.what,
          cores,
          unit,
          measured: ours,
          simulated: predict(then, cores),
          holds: holdsOn.includes(cores),
        };
      });
    });
}

function bareRate(costs: Costs, cores: number): number {
  const service = new Service(costs, { cores });
  service.simulation.start(service.bareInsert(LARGE.mentors));
  return LARGE.mentors / (service.run() / 1_000);
}

/** Mentors a second, of registrations that are all sent at once. */
function postRate(
  costs: Costs,
  cores: number,
  workers: number,
  registrations: readonly Registration[],
): number {
  const service = new Service(costs, { cores, workers });
  for (const registration of registrations) service.simulation.start(service.post(registration));
  const mentors = registrations.reduce((sum, each) => sum + each.mentors, 0);
  return mentors / (service.run() / 1_000);
}

function eight(): Registration[] {
  return Array.from({ length: 8 }, () => ({ mentors: 20_000 }));
}
