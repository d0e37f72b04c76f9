import { useQuery } from '@tanstack/react-query';
import { client, messageOf } from '../api.ts';
import { Notice } from '../components/notice.tsx';
import { moment } from '../format.ts';
import { Breadcrumbs } from '../shell/breadcrumbs.tsx';
import { usePageTitle } from '../shell/use-page-title.ts';
import { FailuresToday } from './failures-today.tsx';
import './operations-page.css';
import { QueuePanel } from './queue-panel.tsx';
import { ThroughputChart } from './throughput-chart.tsx';
import { Workers } from './workers.tsx';

/** How often it is read again while the page is visible. */
const REREAD_MS = 5_000;

/** Shows how the service is doing. Only for admins. */
export function OperationsPage() {
  usePageTitle('Operations');
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['operations'],
    queryFn: ({ signal }) => client.operations({ signal, tries: 1 }),
    refetchInterval: REREAD_MS,
  });
  return (
    <div className="stack">
      <Breadcrumbs current="Operations" />
      <div className="page-heading">
        <h1>Operations</h1>
        <a className="button" href="/admin/queues">
          Queue (low level)
        </a>
      </div>
      {error !== null && (
        <Notice tone="warn" role="status">
          <p>
            {messageOf(error)}
            {data !== undefined &&
              ` This was read at ${moment(new Date(dataUpdatedAt).toISOString())}. Trying again …`}
          </p>
        </Notice>
      )}
      {data === undefined ? (
        error === null && <p className="muted">Loading …</p>
      ) : (
        <>
          <QueuePanel state={data} />
          <ThroughputChart throughput={data.throughput} />
          <FailuresToday failures={data.failures} />
          <Workers workers={data.workers} />
        </>
      )}
    </div>
  );
}
