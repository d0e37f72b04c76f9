import { createTestDeps, findInconsistencies, type TestDeps } from '@bulk/core/testing';
import { expect } from 'vitest';
import { freePort } from '../free-port.ts';
import { type ServiceProcess, startProcess } from '../processes.ts';

export interface Service {
  readonly url: string;
  readonly deps: TestDeps;
  /** It is running when the service is handed out. */
  readonly api: ServiceProcess;
  start(program: 'api' | 'worker'): Promise<ServiceProcess>;
  /** Ends a process before its time. */
  stop(running: ServiceProcess): Promise<void>;
  /** Submits over HTTP, as somebody else would. */
  submit(request: object): Promise<string>;
  /** Ends everything, and checks what it left behind. */
  close(): Promise<void>;
}

/** The API as it was built last, with its page, in a process of its own; workers as they are asked for. */
export async function startService(
  backend: 'postgres' | 'redis',
  settings: Record<string, string> = {},
): Promise<Service> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const deps = await createTestDeps({
    backend,
    settings: { PORT: String(port), SWEEP_MS: '300', STALLED_CHECK_MS: '500', ...settings },
  });
  let running: ServiceProcess[] = [];
  const start: Service['start'] = async (program) => {
    // What was built, like the page: it starts in half the time.
    const started = await startProcess(program, deps.env, { isBuilt: true });
    running.push(started);
    return started;
  };

  const service: Service = {
    url,
    deps,
    api: await start('api'),
    start,
    async stop(process) {
      process.kill('SIGTERM');
      expect(await process.ended).toBe(0);
      running = running.filter((each) => each !== process);
    },
    async submit(request) {
      const answer = await fetch(`${url}/api/v1/bulk-registrations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      expect(answer.status).toBe(202);
      return ((await answer.json()) as { id: string }).id;
    },
    async close() {
      for (const process of running) await service.stop(process);
      expect(await findInconsistencies(deps)).toEqual([]);
      await deps.close();
    },
  };
  return service;
}
