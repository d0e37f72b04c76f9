import { ApiProblem } from '@bulk/client';
import type { ListRegistrationsResponse } from '@bulk/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { client, messageOf } from '../api.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Notice } from '../components/notice.tsx';
import { moment } from '../format.ts';
import { usePageTitle } from '../shell/use-page-title.ts';
import { ListFilters } from './list-filters.tsx';
import './list-page.css';
import { isFiltered, listQueryOf, pageOf } from './list-query.ts';
import { ListTable } from './list-table.tsx';
import { Pager } from './pager.tsx';

/** How often the list is read again: soon while something runs or the service is away, else in case others register. */
const RUNNING_MS = 1_500;
const RESTING_MS = 15_000;

export function ListPage() {
  usePageTitle('Registrations');
  const [params] = useSearchParams();
  const { deleted } = useHistoryState<{ deleted?: string } | null>() ?? {};
  const query = listQueryOf(params);
  const list = useQuery({
    queryKey: ['list', query],
    queryFn: ({ signal }) => client.list(query, { signal, tries: 1 }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isRunning(state.data) || state.error ? RUNNING_MS : RESTING_MS),
  });

  return (
    <div className="stack">
      <div className="page-heading">
        <h1>Registrations</h1>
      </div>
      {deleted !== undefined && (
        <Notice tone="good" role="status">
          <p>{deleted} was deleted. The activities that it wrote are still there.</p>
        </Notice>
      )}
      <ListFilters fieldErrors={list.error instanceof ApiProblem ? list.error.errors : []} />
      {list.isError && <ListError error={list.error} readAt={list.data ? list.dataUpdatedAt : null} />}
      {list.data && !isRefused(list.error) && <Listed list={list.data} params={params} />}
      {list.isPending && <p className="muted">Loading …</p>}
    </div>
  );
}

function Listed({ list, params }: { list: ListRegistrationsResponse; params: URLSearchParams }) {
  const { total, limit } = list.pagination;
  const pages = Math.max(1, Math.ceil(total / limit));
  if (list.data.length > 0) {
    return (
      <>
        <ListTable registrations={list.data} />
        <Pager total={total} page={pageOf(params)} pages={pages} params={params} />
      </>
    );
  }
  if (total > 0) return <Pager total={total} page={pageOf(params)} pages={pages} params={params} />;
  return isFiltered(params) ? (
    <EmptyState
      level={2}
      title="Nothing matches these filters"
      text="Loosen them, or look at all registrations."
      action={{ href: '/', label: 'Show all' }}
    />
  ) : (
    <EmptyState
      level={2}
      title="No registrations yet"
      text="Register one activity for many mentors at once, and follow here what becomes of each of them."
      action={{ href: '/new', label: 'Register mentors' }}
    />
  );
}

function ListError({ error, readAt }: { error: Error; readAt: number | null }) {
  return (
    <Notice tone={isRefused(error) ? 'bad' : 'warn'} role="status">
      <p>
        {messageOf(error)}{' '}
        {!isRefused(error) &&
          readAt !== null &&
          `You see what was known at ${moment(new Date(readAt).toISOString())}. `}
        {!isRefused(error) && 'Trying again …'}
      </p>
    </Notice>
  );
}

/** What was asked for is wrong, and no repetition mends it. */
function isRefused(error: Error | null): boolean {
  return error instanceof ApiProblem && error.status < 500;
}

function isRunning(list: ListRegistrationsResponse | undefined): boolean {
  return list?.data.some(({ status }) => status === 'processing') ?? false;
}
