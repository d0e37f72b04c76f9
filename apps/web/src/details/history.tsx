import type { Attempt, HistoryEntry } from '@bulk/contract';
import { count, counted, duration, moment } from '../format.ts';
import './history.css';
import { useAttempts } from './use-attempts.ts';
import type { Registration } from './use-registration.ts';

/** Shows who asked for what, and when, and what each attempt did. */
export function History({ registration }: { registration: Registration }) {
  const { history } = registration;
  const attempts = useAttempts(registration);
  // Each entry begins an attempt, except a cancel.
  const begins = history.filter(({ action }) => action !== 'cancelled');
  return (
    <section className="stack" aria-labelledby="history-heading">
      <h2 id="history-heading">History</h2>
      <ol className="card history">
        {history.map((entry) => (
          <li key={`${entry.at} ${entry.action}`} className="row">
            <time className="muted numeric" dateTime={entry.at}>
              {moment(entry.at)}
            </time>
            <span className="verbatim">{sentenceOf(entry)}</span>
            <Outcome attempt={attempts?.[begins.indexOf(entry)]} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** "Retried by front office: 20 mentors, with override" */
function sentenceOf({ action, by, mentor_count, override_duplicates }: HistoryEntry): string {
  const what = [
    ...(mentor_count === undefined ? [] : [counted(mentor_count, 'mentor')]),
    ...(override_duplicates ? ['with override'] : []),
  ].join(', ');
  return `${action.charAt(0).toUpperCase()}${action.slice(1)} by ${by}${what && `: ${what}`}`;
}

/** What an attempt did: "18 registered, 2 failed, in 3 s" */
function Outcome({ attempt }: { attempt: Attempt | undefined }) {
  if (attempt === undefined) return null;
  const { outcome, started_at, finished_at } = attempt;
  if (outcome === null) return <span className="muted">what it did is not stored</span>;
  if (finished_at === null) return null;
  const counts = (Object.keys(NAMES) as (keyof typeof NAMES)[])
    .filter((name) => outcome[name] > 0)
    .map((name) => `${count(outcome[name])} ${NAMES[name]}`);
  const took =
    started_at === null ? [] : [`in ${duration(Date.parse(finished_at) - Date.parse(started_at))}`];
  return <span className="muted">{[...counts, ...took].join(', ')}</span>;
}

const NAMES: Record<keyof NonNullable<Attempt['outcome']>, string> = {
  success_count: 'registered',
  failure_count: 'failed',
  undone_count: 'undone',
  kept_count: 'kept',
  not_done_count: 'not done',
};
