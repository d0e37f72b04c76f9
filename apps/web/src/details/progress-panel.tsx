import { Progress } from '@base-ui/react/progress';
import { Notice } from '../components/notice.tsx';
import { OutcomeBar } from '../components/outcome-bar.tsx';
import { count, counted, duration, moment } from '../format.ts';
import './progress-panel.css';
import type { Registration } from './use-registration.ts';

export function ProgressPanel({ registration }: { registration: Registration }) {
  const { progress, mentor_count, status, transient_error, waiting_reason } = registration;
  const { success_count, failure_count, undone_count, kept_count } = registration;
  return (
    <section className="card progress-panel" aria-label="Progress">
      <Progress.Root
        className="progress"
        value={progress.percent}
        getAriaValueText={() =>
          `${progress.percent} %, ${count(progress.processed)} of ${counted(mentor_count, 'mentor')}`
        }
      >
        <Progress.Label className="visually-hidden">Processed</Progress.Label>
        <p className="progress-percent numeric" aria-hidden="true">
          {progress.percent} %
        </p>
        <p className="muted numeric">
          {count(progress.processed)} of {counted(mentor_count, 'mentor')} processed
          {status === 'processing' && paceOf(registration)}
        </p>
        <Progress.Track className="progress-track">
          <OutcomeBar registration={registration} />
        </Progress.Track>
      </Progress.Root>
      <dl className="progress-counts">
        <Count label="Registered" value={success_count} tone="good" />
        <Count label="Failed" value={failure_count} tone="bad" />
        {undone_count > 0 && <Count label="Undone" value={undone_count} tone="quiet" />}
        {kept_count > 0 && <Count label="Kept" value={kept_count} tone="bad" />}
        <Count
          label={status === 'processing' || progress.pending === 0 ? 'Waiting' : 'Not done'}
          value={progress.pending}
          tone="quiet"
        />
      </dl>
      {waiting_reason !== null && (
        <Notice tone="warn" role="status">
          <p>
            {waiting_reason.message}
            {waiting_reason.since !== null && ` The last one was seen on ${moment(waiting_reason.since)}.`}
          </p>
        </Notice>
      )}
      {transient_error !== null && (
        <Notice tone="warn" role="status">
          <p>
            Transient error since {moment(transient_error.since)}. {transient_error.message}
          </p>
        </Notice>
      )}
      <p className="visually-hidden" role="status">
        {milestoneOf(registration)}
      </p>
    </section>
  );
}

function Count({ label, value, tone }: { label: string; value: number; tone: 'good' | 'bad' | 'quiet' }) {
  return (
    <div className={`progress-count progress-count-${tone}`}>
      <dt>{label}</dt>
      <dd className="numeric">{count(value)}</dd>
    </div>
  );
}

function paceOf({ rate, estimated_end, waiting_ahead, progress }: Registration): string {
  const leftMs = estimated_end === null ? null : Date.parse(estimated_end) - Date.now();
  const parts = [
    rate === null || rate < 1 ? '' : `${count(Math.round(rate))} a second`,
    leftMs === null ? '' : `about ${duration(Math.max(0, leftMs))} left`,
    waiting_ahead !== null && waiting_ahead > 0 && progress.started_at === null
      ? `${counted(waiting_ahead, 'registration')} ahead`
      : '',
  ];
  return parts
    .filter(Boolean)
    .map((part) => ` · ${part}`)
    .join('');
}

/** Returns what a screen reader says: not every percent, but every quarter and the end. */
function milestoneOf({ status, progress, ...registration }: Registration): string {
  const { success_count, failure_count, undone_count, kept_count } = registration;
  if (status === 'processing') return `${Math.floor(progress.percent / 25) * 25} % processed`;
  if (status === 'undone')
    return `The undo has ended: ${count(undone_count)} undone, ${count(kept_count)} kept.`;
  return `The registration is ${status}: ${count(success_count)} registered, ${count(failure_count)} failed.`;
}
