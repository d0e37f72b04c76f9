import { BASE_PATH, type ListRegistrationsResponse } from '@bulk/contract';
import type { InjectOptions } from 'fastify';
import { expect } from 'vitest';
import { expectDetails } from './details.ts';
import type { Model } from './model.ts';
import { expectRefusal, type Real } from './real.ts';
import { addressOf, isGone, picked, Step } from './step.ts';

const OWN = 'coord-1';

export const SCOPED_ACTS = ['read', 'results', 'failures', 'events', 'cancel', 'retry', 'undo'] as const;

const REQUESTS: Record<
  (typeof SCOPED_ACTS)[number],
  Pick<InjectOptions, 'method' | 'payload'> & { path?: string }
> = {
  read: {},
  results: { path: '/results' },
  failures: { path: '/failures' },
  events: { path: '/events' },
  cancel: { method: 'DELETE' },
  retry: { method: 'PUT', payload: { action: 'retry_failed' } },
  undo: { method: 'POST', path: '/undo' },
};

const asScoped = ({ guarded, scopedKey }: Real, { url, ...options }: InjectOptions & { url: string }) =>
  guarded.inject({ ...options, url, headers: { authorization: `Bearer ${scopedKey}` } });

/** A caller of one coordinator tries something: the registrations of others do not exist for it, its own are as for everybody. */
export class ActScoped extends Step<{ pick: number; act: (typeof SCOPED_ACTS)[number] }> {
  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.choice.pick);
    const url = addressOf(registration);
    if (registration === null || isGone(registration) || registration.request.coordinator_id !== OWN) {
      const { path = '', ...options } = REQUESTS[this.choice.act];
      expectRefusal(await asScoped(real, { ...options, url: `${url}${path}` }), {
        code: 'registration_not_found',
      });
      if (registration && !isGone(registration)) await expectDetails(model, real, registration);
      return;
    }
    const [scoped, open] = [await asScoped(real, { url }), await real.app.inject({ url })];
    expect(scoped.headers.etag).toBe(open.headers.etag);
    expect({ ...scoped.json<object>(), results: [] }).toEqual({ ...open.json<object>(), results: [] });
  }
}

/** A caller of one coordinator lists its registrations, and no others are counted. */
export class ListScoped extends Step {
  async run(model: Model, real: Real): Promise<void> {
    const answer = await asScoped(real, { url: `${BASE_PATH}?limit=100` });
    const { data, pagination } = answer.json<ListRegistrationsResponse>();
    const own = model.list({ coordinator_id: OWN }).map(({ id }) => id);
    expect({ ids: data.map(({ id }) => id), total: pagination.total }).toEqual({
      ids: own,
      total: own.length,
    });
  }
}
