import { messageOf } from '../api.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Notice } from '../components/notice.tsx';
import { Breadcrumbs } from '../shell/breadcrumbs.tsx';
import { usePageTitle } from '../shell/use-page-title.ts';
import { ConnectionNotice } from './connection-notice.tsx';
import { DeliveriesPanel } from './deliveries-panel.tsx';
import { DetailsHeader } from './details-header.tsx';
import { History } from './history.tsx';
import { ProgressPanel } from './progress-panel.tsx';
import { ResultsPanel } from './results-panel.tsx';
import { useActions } from './use-actions.ts';
import { type Registration, useRegistration } from './use-registration.ts';

export function DetailsPage({ id }: { id: string }) {
  const { registration, snapshot, isGone, lostAt, error, refresh } = useRegistration(id);
  usePageTitle(titleOf(id, registration));
  const actions = useActions(id, refresh);
  const refusal = actions.retry.error ?? actions.cancel.error ?? actions.undo.error ?? actions.remove.error;

  if (isGone) {
    return (
      <EmptyState
        title={`${id} was not found`}
        text="The registration was deleted, or the address is wrong. Activities of a deleted registration are kept."
        action={{ href: '/', label: 'All registrations' }}
      />
    );
  }
  if (registration === undefined) {
    return (
      <div className="stack">
        <h1 className="verbatim">{id}</h1>
        {error === null ? <p className="muted">Loading …</p> : <ConnectionNotice lostAt={lostAt} />}
      </div>
    );
  }
  return (
    <div className="stack">
      <Breadcrumbs current={id} />
      <DetailsHeader registration={registration} snapshot={snapshot} actions={actions} />
      <ConnectionNotice lostAt={lostAt} />
      {refusal !== null && (
        <Notice tone="bad" role="alert">
          <p>{messageOf(refusal)}</p>
        </Notice>
      )}
      <ProgressPanel registration={registration} />
      <ResultsPanel registration={registration} retry={actions.retry} />
      <DeliveriesPanel registration={registration} />
      <History registration={registration} />
    </div>
  );
}

/** "43 % bulk-007" while it is processing, so that a tab in the background tells. */
function titleOf(id: string, registration: Registration | undefined): string {
  return registration?.status === 'processing' ? `${registration.progress.percent} % ${id}` : id;
}
