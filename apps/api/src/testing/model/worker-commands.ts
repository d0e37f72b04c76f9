import { type JobData, type RunOutcome, runJob, sweep } from '@bulk/core';
import type { Delivery } from '@bulk/core/testing';
import { expect } from 'vitest';
import { expectDetails } from './details.ts';
import { attemptOf, countOf, type Model, type ModelRegistration } from './model.ts';
import type { Real } from './real.ts';
import { picked, Step } from './step.ts';

/** A worker takes a job, and gets it once or several times. */
export class RunJob extends Step<{ pick: number; deliveries: number }> {
  async run(model: Model, real: Real): Promise<void> {
    const { waiting } = real.queue;
    const [delivery] = waiting.splice(this.choice.pick % Math.max(1, waiting.length), 1);
    if (delivery === undefined) return;
    const outcomes = await this.deliver(real, delivery);

    const registration = registrationOf(model, delivery.job);
    const { status, isDeleted } = registration;
    // An undo may follow a cancel, which leaves its job in the queue.
    const isRun = status === 'processing' && !isDeleted && delivery.job.attempt === attemptOf(registration);
    if (isRun) {
      registration.hasJob = false;
      model.runBatch(registration);
      registration.hasJob = registration.status === 'processing';
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

/** A worker gets a stale job. */
export class RunStaleJob extends Step<{ pick: number }> {
  async run(model: Model, real: Real): Promise<void> {
    const registration = picked(model, this.choice.pick);
    if (registration === null) return;
    const job = { registrationId: String(Number(registration.id.slice(5))), attempt: 1, generation: 0 };
    expect(await runOneBatch(real, { job, queueName: 'first' })).toEqual({ kind: 'stale' });
    if (!registration.isDeleted) await expectDetails(model, real, registration);
  }
}

export class LoseJobs extends Step {
  async run(model: Model, real: Real): Promise<void> {
    real.queue.waiting.length = 0;
    for (const registration of model.registrations) registration.hasJob = false;
  }
}

/** Re-enqueues all that are processing without a job, and no other. With `retires` all that have ended are old enough to go. */
export class Sweep extends Step<{ retires: boolean }> {
  async run(model: Model, real: Real): Promise<void> {
    const lost = model.registrations.filter(
      ({ status, hasJob, isDeleted }) => status === 'processing' && !hasJob && !isDeleted,
    );
    const config = { ...real.deps.config, retentionDays: this.choice.retires ? 0 : null };
    expect(await sweep({ ...real.deps, config }, new AbortController().signal)).toBe(lost.length);
    for (const registration of lost) registration.hasJob = true;
    if (!this.choice.retires) return;
    for (const registration of model.registrations) {
      registration.isDeleted ||= registration.status !== 'processing';
    }
    const left = model.registrations.filter(({ isDeleted }) => !isDeleted);
    expect(await real.deps.db.prisma.bulkRegistration.count()).toBe(left.length);
  }
}

/** Runs everything to its end, and compares all there is. */
export async function finishAll(model: Model, real: Real): Promise<void> {
  await new Sweep({ retires: false }).run(model, real);
  while (real.queue.waiting.length > 0) await new RunJob({ pick: 0, deliveries: 1 }).run(model, real);
  for (const registration of model.registrations) {
    expect(registration.isDeleted || registration.status !== 'processing').toBe(true);
    if (!registration.isDeleted) await expectDetails(model, real, registration);
  }
}

/** A signal that is aborted ends a run after its first batch, in either queue. */
function runOneBatch({ deps }: Real, { job, queueName }: Delivery): Promise<RunOutcome> {
  return runJob(deps, job, { queueName, signal: AbortSignal.abort(), onProgress: () => {} });
}

/** The first delivery runs a batch, unless its time is over; later ones never do. */
function expectOutcomes([first, ...later]: RunOutcome[], ran: ModelRegistration | null): void {
  for (const outcome of later) expect(outcome).toEqual({ kind: 'stale' });
  if (ran === null) {
    expect(first).toEqual({ kind: 'stale' });
    return;
  }
  expect(first).toMatchObject({
    kind: ran.status === 'processing' ? 'handed_over' : 'done',
    snapshot: {
      status: ran.status,
      successCount: countOf(ran, 'success'),
      failureCount: countOf(ran, 'duplicate'),
      undoneCount: countOf(ran, 'undone'),
      keptCount: countOf(ran, 'kept'),
    },
  });
}

function registrationOf(model: Model, { registrationId }: JobData): ModelRegistration {
  const found = model.registrations.find(({ id }) => Number(id.slice(5)) === Number(registrationId));
  if (found === undefined) throw new Error(`a job for ${registrationId}, which nobody submitted`);
  return found;
}
