import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { findProgram } from './scripts/lib/system-program.mjs';
import { findBrowser } from './scripts/lib/test-browser.mjs';
import { findPromtool } from './scripts/lib/test-promtool.mjs';

/** Tests run on the sources, so that no build can be out of date; only the web page is tested as it was built. */
const conditions = ['@bulk/source', 'node', 'development|production'];
const resolve = { resolve: { conditions }, ssr: { resolve: { conditions } } };

const QUEUE_TESTS = '**/*.queue.test.ts';
/** `npm test` finds or installs a browser and promtool, and says so loudly when there is none. */
const WITHOUT_BROWSER = findBrowser() === null ? ['e2e/browser/**'] : [];
const WITHOUT_PROMTOOL = findPromtool() === null ? ['e2e/operations/rules.test.ts'] : [];
const WITHOUT_PROMETHEUS = findProgram(['prometheus']) ? [] : ['e2e/operations/alert-faults.test.ts'];
/** These start servers of their own, and need the program. */
const WITHOUT_REDIS = process.env.TEST_REDIS_URL
  ? []
  : [
      'e2e/operations/redis-groups.test.ts',
      'e2e/operations/pgbouncer.test.ts',
      'e2e/operations/alert-faults.test.ts',
    ];
const WITHOUT_PGBOUNCER = findProgram(['pgbouncer']) ? [] : ['e2e/operations/pgbouncer.test.ts'];
/** Against what hangs; a machine may be as busy as it likes. */
const limits = { testTimeout: 120_000, hookTimeout: 120_000 };
/** The files that one worker runs share their modules: to load them anew for each file took half of the time. */
const shared = { ...limits, isolate: false };

/** Those that wait most come first: others fill the time, and none is left alone at the end. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const waits = ({ moduleId }: TestSpecification) => moduleId.includes('/e2e/');
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

export default defineConfig({
  ...resolve,
  test: {
    globalSetup: 'packages/core/src/testing/global-setup.ts',
    sequence: { sequencer: WaitingFirst },
    // Two more than two cores have: many tests wait for a timeout or for another process.
    maxWorkers: Math.max(4, availableParallelism() - 1),
    projects: [
      {
        ...resolve,
        test: {
          ...shared,
          name: 'unit',
          include: ['{apps,packages}/*/src/**/*.test.ts', 'e2e/**/*.test.ts', 'bench/simulation/*.test.ts'],
          exclude: [
            QUEUE_TESTS,
            ...WITHOUT_BROWSER,
            ...WITHOUT_PROMTOOL,
            ...WITHOUT_PROMETHEUS,
            ...WITHOUT_REDIS,
            ...WITHOUT_PGBOUNCER,
          ],
        },
      },
      queueProject('postgres'),
      // `npm test` brings a Redis; without its address only the other half runs.
      ...(process.env.TEST_REDIS_URL ? [queueProject('redis')] : []),
    ],
  },
});

/** The same files run on each backend of the queue. */
function queueProject(queueBackend: 'postgres' | 'redis'): TestProjectInlineConfiguration {
  return {
    ...resolve,
    test: {
      ...shared,
      name: `queue-${queueBackend}`,
      include: [`{apps,packages}/*/src/${QUEUE_TESTS}`, `e2e/${QUEUE_TESTS}`],
      exclude: WITHOUT_BROWSER,
      provide: { queueBackend },
    },
  };
}
