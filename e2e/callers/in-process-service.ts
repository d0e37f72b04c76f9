import type { AddressInfo } from 'node:net';
import type { Deps } from '@bulk/core';
import { createTestDeps, currentJob, runChain, runOnce } from '@bulk/core/testing';
import { buildApp } from '../../apps/api/src/app.ts';

/** The API on a real port with a database of its own; a test is the worker. */
export interface InProcessService {
  readonly url: string;
  readonly deps: Deps;
  /** One batch of 1,000 mentors. */
  workABit(id: string): Promise<void>;
  work(id: string): Promise<void>;
  stop(): Promise<void>;
  /** Again, on the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startInProcess(settings: Record<string, string> = {}): Promise<InProcessService> {
  const deps = await createTestDeps({ backend: 'memory', settings });
  let port = 0;
  const listen = async () => {
    const app = await buildApp(deps);
    await app.listen({ host: '127.0.0.1', port });
    port = (app.server.address() as AddressInfo).port;
    return app;
  };
  let app = await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    deps,
    workABit: async (id) => void (await runOnce(deps, await currentJob(deps, id))),
    work: async (id) => void (await runChain(deps, id)),
    stop: () => app.close(),
    start: async () => {
      app = await listen();
    },
    close: async () => {
      await app.close();
      await deps.close();
    },
  };
}
