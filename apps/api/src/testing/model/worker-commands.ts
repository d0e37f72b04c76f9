import { type Message, type RunOutcome, runMessage, sweep } from '@bulk/core';
import type { Delivery } from '@bulk/core/testing';
import { expect } from 'vitest';
import { expectDetails } from './details.ts';
import { countOf, type Model, type ModelRegistration } from './model.ts';
import type { Real } from './real.ts';
import { picked, Step } from './step.ts';

/** A worker takes a message, and gets it once or several times. */
export class RunMessage extends Step<{ pick: number; deliveries: number }> {
  async run(model: Model, real: Real): Promise<void> {
    const { waiting } = real.queue;
    const [delivery] = waiting.splice(this.choice.pick % Math.max(1, waiting.length), 1);
    if (delivery === undefined) return;
    const outcomes = await this.deliver(real, delivery);

    const registration = registrationOf(model, delivery.message);
    const isRun = registration.status === 'processing' && !registration.isDeleted;
    if (isRun) {
      registration.hasMessage = false;
      model.runBatch(registration);
      registration.hasMessage = registration.status === 'processing';
    }
    expectOutcomes(outcomes, isRun ? registration : null);
    if (!registration.isDeleted) await expectDetails(model, real, registration);
  }

  private async deliver(real: Real, delivery: Delivery): Promise<RunOutcome[]> {
    const outcomes: RunOutcome[] = [];
    while (outcomes.length < this.choice.deliveries) outcomes.push(await runOneBatch(real, delivery));
    return outcomes;
  }
}

/** A worker gets a message once more, whose time is over. */
export class RunStaleMessage extends Step<{ pick: number }> {
  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.choice.pick);
    if (registration === null) return;
    const message = { registrationId: String(Number(registration.id.slice(5))), attempt: 1, ring: 0 };
    expect(await runOneBatch(real, { message, lane: 'entry' })).toEqual({ kind: 'not_ours' });
    if (!registration.isDeleted) await expectDetails(model, real, registration);
  }
}

export class LoseMessages extends Step {
  async run(model: Model, real: Real): Promise<void> {
    real.queue.waiting.length = 0;
    for (const registration of model.registrations) registration.hasMessage = false;
  }
}

/** Rings for all that are processing without a message, and for no other. */
export class Sweep extends Step {
  async run(model: Model, real: Real): Promise<void> {
    const lost = model.registrations.filter(
      ({ status, hasMessage, isDeleted }) => status === 'processing' && !hasMessage && !isDeleted,
    );
    expect(await sweep(real.deps, new AbortController().signal)).toBe(lost.length);
    for (const registration of lost) registration.hasMessage = true;
  }
}

/** Runs everything to its end, and compares all there is. */
export async function finishAll(model: Model, real: Real): Promise<void> {
  await new Sweep({}).run(model, real);
  while (real.queue.waiting.length > 0) await new RunMessage({ pick: 0, deliveries: 1 }).run(model, real);
  for (const registration of model.registrations) {
    expect(registration.isDeleted || registration.status !== 'processing').toBe(true);
    if (!registration.isDeleted) await expectDetails(model, real, registration);
  }
}

/** A signal that is aborted ends a run after its first batch, in either lane. */
function runOneBatch({ deps }: Real, { message, lane }: Delivery): Promise<RunOutcome> {
  return runMessage(deps, message, { lane, signal: AbortSignal.abort(), onProgress: () => {} });
}

/** The first delivery runs a batch, unless its time is over; later ones never do. */
function expectOutcomes([first, ...later]: RunOutcome[], ran: ModelRegistration | null): void {
  for (const outcome of later) expect(outcome).toEqual({ kind: 'not_ours' });
  if (ran === null) {
    expect(first).toEqual({ kind: 'not_ours' });
    return;
  }
  expect(first).toMatchObject({
    kind: ran.status === 'processing' ? 'handed_over' : 'done',
    progress: {
      status: ran.status,
      successCount: countOf(ran, 'success'),
      failureCount: countOf(ran, 'duplicate'),
    },
  });
}

function registrationOf(model: Model, { registrationId }: Message): ModelRegistration {
  const found = model.registrations.find(({ id }) => Number(id.slice(5)) === Number(registrationId));
  if (found === undefined) throw new Error(`a message for ${registrationId}, which nobody submitted`);
  return found;
}
