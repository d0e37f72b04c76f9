import type { OperationsResponse } from '@bulk/contract';
import { Notice } from '../components/notice.tsx';
import { count, duration, moment } from '../format.ts';

/** Shows what waits, and says why nothing is worked on. */
export function QueuePanel({ state }: { state: OperationsResponse }) {
  const { processing, queue, workers } = state;
  const jobs = queue?.jobs ?? [];
  const oldestSeconds = Math.max(0, ...jobs.map((each) => each.oldest_waiting_seconds));
  const lastSeen = workers[0]?.seen_at;
  return (
    <section className="stack" aria-labelledby="queue-heading">
      <h2 id="queue-heading">Work</h2>
      {!workers.some(({ is_alive }) => is_alive) && (
        <Notice tone="bad" role="status">
          <p>
            No worker is running. What was accepted waits until one is started.
            {lastSeen !== undefined && ` The last one was seen on ${moment(lastSeen)}.`}
          </p>
        </Notice>
      )}
      {queue?.is_paused && (
        <Notice tone="warn" role="status">
          <p>The queue is paused. What was accepted waits until it is resumed.</p>
        </Notice>
      )}
      {queue === null && (
        <Notice tone="bad" role="status">
          <p>The queue does not answer. Registrations are accepted, and wait.</p>
        </Notice>
      )}
      <dl className="card numbers">
        <Fact label="Registrations processing" value={count(processing.count)} />
        <Fact label="Processing the longest" value={age(processing.oldest_seconds)} />
        {jobs.map(({ queue: name, waiting, active, delayed }) => (
          <Fact
            key={name}
            label={name === 'first' ? 'Jobs for first batches' : 'Jobs for other batches'}
            value={`${count(waiting)} waiting, ${count(active)} active${delayed > 0 ? `, ${count(delayed)} delayed` : ''}`}
          />
        ))}
        {queue !== null && <Fact label="Next job has waited" value={age(oldestSeconds)} />}
      </dl>
    </section>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="numeric">{value}</dd>
    </div>
  );
}

function age(seconds: number): string {
  return seconds === 0 ? '–' : duration(seconds * 1_000);
}
