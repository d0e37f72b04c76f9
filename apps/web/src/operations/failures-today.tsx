import type { OperationsResponse } from '@bulk/contract';
import { RESULT_ERRORS } from '@bulk/contract/plain';
import { count } from '../format.ts';

/** Shows how many mentors failed in the last 24 hours, by error code. */
export function FailuresToday({ failures }: Pick<OperationsResponse, 'failures'>) {
  const most = failures[0]?.count ?? 0;
  return (
    <section className="stack" aria-labelledby="failures-today-heading">
      <h2 id="failures-today-heading">Failures of the last 24 hours</h2>
      {failures.length === 0 ? (
        <p className="muted">No mentor failed.</p>
      ) : (
        <ul className="card code-list">
          {failures.map(({ error_code, count: failed }) => (
            <li key={error_code}>
              <span className="numeric code-count">{count(failed)}</span>
              <span>
                <code>{error_code}</code> <span className="muted">{RESULT_ERRORS[error_code]}</span>
                <span
                  className="code-bar"
                  aria-hidden="true"
                  style={{ width: `${(100 * failed) / most}%` }}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
