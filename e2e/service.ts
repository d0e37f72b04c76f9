import type { RegistrationDetails } from '@bulk/contract';
import { BASE_PATH } from '@bulk/contract';
import { createTestDeps, findInconsistencies, type TestDeps, waitFor } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { expect } from 'vitest';
import { type ServiceProcess, startProcess } from './processes.ts';

export interface Service {
  readonly url: string;
  readonly deps: TestDeps;
  /** Runs from the start. */
  readonly api: ServiceProcess;
  start(program: 'api' | 'worker', settings?: Record<string, string>): Promise<ServiceProcess>;
  /** Ends a process before its time. */
  stop(running: ServiceProcess, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Submits over HTTP, as any caller does. */
  submit(request: object): Promise<string>;
  /** Without the results. */
  details(id: string): Promise<RegistrationDetails>;
  /** Waits until it is not processing any more. */
  finished(id: string): Promise<RegistrationDetails>;
  /** Stops everything, and checks that the database is consistent. */
  close(): Promise<void>;
}

/**
 * Starts the API as it was built last, with its page, in a process of its own; workers on request.
 *
 * @param through changes the address of the database for the processes, as for a pooler in between
 */
export async function startService(
  backend: 'postgres' | 'redis',
  settings: Record<string, string> = {},
  through: (databaseUrl: string) => string = (url) => url,
): Promise<Service> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const registrations = `${url}${BASE_PATH}`;
  const deps = await createTestDeps({
    backend,
    settings: { PORT: String(port), SWEEP_MS: '300', STALLED_CHECK_MS: '500', ...settings },
  });
  let running: ServiceProcess[] = [];
  const start: Service['start'] = async (program, others = {}) => {
    const env = { ...deps.env, DATABASE_URL: through(deps.database.url), ...others };
    const started = await startProcess(program, env, { isBuilt: true });
    running.push(started);
    return started;
  };

  const service: Service = {
    url,
    deps,
    api: await start('api'),
    start,
    async stop(process, signal = 'SIGTERM') {
      expect(await process.stop(signal)).toBe(signal === 'SIGTERM' ? 0 : signal);
      running = running.filter((each) => each !== process);
    },
    async submit(request) {
      const answer = await fetch(registrations, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      expect(answer.status).toBe(202);
      return ((await answer.json()) as { id: string }).id;
    },
    async details(id) {
      return (await (await fetch(`${registrations}/${id}?view=status`)).json()) as RegistrationDetails;
    },
    finished: (id) =>
      waitFor(async () => {
        const now = await service.details(id);
        return now.status === 'processing' ? null : now;
      }),
    async close() {
      await Promise.all(running.map((process) => service.stop(process)));
      // Without statistics the planner takes full tables for empty, and the checks would take minutes.
      await deps.db.prisma.$executeRaw`analyze`;
      expect(await findInconsistencies(deps)).toEqual([]);
      await deps.close();
    },
  };
  return service;
}
