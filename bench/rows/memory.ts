import { peakMib, residentMib } from '../process-memory.ts';
import { atMost, type Family, figure } from '../row.ts';
import { newWork } from '../work.ts';

const IN_A_ROW = 10;

/** Whether large registrations leave memory behind in the processes. */
export const memory: Family = {
  name: 'memory',
  async measure(world) {
    const installation = await world.install();
    const { client, api, workers } = installation;
    for (let warmUp = 0; warmUp < 20; warmUp += 1) await client.untilCompleted(newWork(8));

    const processes = { API: api.pid, worker: workers[0]!.pid };
    const atRest = { API: residentMib(processes.API), worker: residentMib(processes.worker) };
    const peaks = { API: [] as number[], worker: [] as number[] };
    for (let big = 0; big < IN_A_ROW; big += 1) {
      const run = () => client.untilCompleted(newWork(100_000));
      peaks.worker.push(
        await peakMib(processes.worker, async () => {
          peaks.API.push(await peakMib(processes.API, run));
        }),
      );
    }

    return (['API', 'worker'] as const).flatMap((name) => {
      const [most, first, before] = [Math.max(...peaks[name]), peaks[name][0]!, atRest[name]];
      const what = `${name}: the most it holds during ten of 100,000 in a row, above the first`;
      const again = `${name}: the same above what it held before (${before.toFixed(0)} MiB)`;
      return [figure(what, 'MiB', [most - first], atMost(100)), figure(again, 'MiB', [most - before])];
    });
  },
};
