import { createTestDeps, findInconsistencies, readRuns, type TestDeps } from '@bulk/core/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Model } from './testing/model/model.ts';
import { createReal, type Real, startAfresh } from './testing/model/real.ts';
import { steps } from './testing/model/sequences.ts';
import { finishAll } from './testing/model/worker-commands.ts';

// MODEL_RUNS=20 makes twenty times as many sequences. A failure prints its shortest sequence with seed,
// path and replayPath: give them as MODEL_SEED, MODEL_PATH and MODEL_REPLAY_PATH to see it again.

const BATCH_SIZE = 3;
const { runs, seed, timeoutMs, timeLimitMs } = readRuns('MODEL', 20);
const { MODEL_PATH: path, MODEL_REPLAY_PATH: replayPath } = process.env;

let deps: TestDeps;
let real: Omit<Real, 'seen'>;
beforeAll(async () => {
  deps = await createTestDeps();
  real = await createReal(deps, BATCH_SIZE);
  // Here the test is the worker.
  await deps.db.prisma.$executeRaw`
    insert into workers (id, host_name, pid, version, seen_at)
    values (gen_random_uuid(), 'model', 1, '0', 'infinity')`;
});
afterAll(async () => {
  await real.app.close();
  await real.guarded.close();
  await deps.close();
});

test('whatever is asked and delivered, in whichever order, answers as the contract says', {
  timeout: timeoutMs,
}, async () => {
  const sequences = fc.commands(steps, {
    maxCommands: 120,
    size: 'max',
    ...(replayPath !== undefined && { replayPath }),
  });
  const property = fc.asyncProperty(sequences, async (commands) => {
    const model = new Model(BATCH_SIZE);
    const fresh = await startAfresh(real);
    await fc.asyncModelRun(() => ({ model, real: fresh }), commands);
    await finishAll(model, fresh);
    expect(await findInconsistencies(fresh.deps)).toEqual([]);
  });
  await fc.assert(property, {
    numRuns: runs,
    ...(seed !== null && { seed }),
    ...(path !== undefined && { path }),
    plugins: [fc.interruptAfterTimeLimit(timeLimitMs)],
  });
});
