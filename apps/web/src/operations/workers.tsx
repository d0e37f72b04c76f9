import type { Worker } from '@bulk/contract';
import { ago, moment } from '../format.ts';

/** Lists the workers of the last day, those that run first. */
export function Workers({ workers }: { workers: readonly Worker[] }) {
  const now = Date.now();
  return (
    <section className="stack" aria-labelledby="workers-heading">
      <h2 id="workers-heading">Workers of the last 24 hours</h2>
      {workers.length === 0 ? (
        <p className="muted">No worker was seen.</p>
      ) : (
        <ul className="card code-list">
          {workers.map(({ id, host_name, pid, version, started_at, seen_at, is_alive }) => (
            <li key={id}>
              <span className={`badge badge-${is_alive ? 'good' : 'quiet'}`}>
                {is_alive ? 'Running' : 'Gone'}
              </span>
              <span className="verbatim">
                {host_name}, process {pid}, version {version}
                <span className="muted">
                  {' '}
                  started on {moment(started_at)}
                  {!is_alive && `, last seen ${ago(seen_at, now)}`}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
