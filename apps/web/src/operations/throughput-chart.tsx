import type { OperationsResponse } from '@bulk/contract';
import { count, counted } from '../format.ts';

const HEIGHT = 100;
const STEP = 10;

/** Draws the mentors of each minute of the last hour as bars. */
export function ThroughputChart({ throughput }: Pick<OperationsResponse, 'throughput'>) {
  const counts = throughput.map(({ mentor_count }) => mentor_count);
  const most = Math.max(0, ...counts);
  const total = counts.reduce((sum, each) => sum + each, 0);
  const summary = `${counted(total, 'mentor')} in the last hour, at most ${count(most)} a minute`;
  return (
    <section className="stack" aria-labelledby="throughput-heading">
      <h2 id="throughput-heading">Mentors a minute</h2>
      <figure className="card chart">
        <figcaption className="muted numeric">{summary}</figcaption>
        <svg
          role="img"
          aria-label={`Mentors a minute: ${summary}`}
          viewBox={`0 0 ${STEP * counts.length} ${HEIGHT}`}
          preserveAspectRatio="none"
        >
          {throughput.map(({ minute, mentor_count }, index) => {
            // One of 100,000 is visible too.
            const height = mentor_count === 0 ? 0 : Math.max(2, (HEIGHT * mentor_count) / most);
            return (
              <rect key={minute} x={index * STEP + 1} y={HEIGHT - height} width={STEP - 2} height={height}>
                <title>{`${timeOf(minute)}: ${counted(mentor_count, 'mentor')}`}</title>
              </rect>
            );
          })}
        </svg>
        <p className="chart-axis muted numeric" aria-hidden="true">
          <span>{throughput[0] && timeOf(throughput[0].minute)}</span>
          <span>now</span>
        </p>
      </figure>
    </section>
  );
}

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });

function timeOf(minute: string): string {
  return TIME.format(new Date(minute));
}
