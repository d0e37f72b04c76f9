import type { HistoryEntry } from '@bulk/contract';
import { counted, moment } from '../format.ts';
import './history.css';

/** Shows who asked for what, and when. */
export function History({ entries }: { entries: readonly HistoryEntry[] }) {
  return (
    <section className="stack" aria-labelledby="history-heading">
      <h2 id="history-heading">History</h2>
      <ol className="card history">
        {entries.map((entry) => (
          <li key={`${entry.at} ${entry.action}`} className="row">
            <time className="muted numeric" dateTime={entry.at}>
              {moment(entry.at)}
            </time>
            <span className="verbatim">{sentenceOf(entry)}</span>
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
