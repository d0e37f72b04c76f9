import { ApiProblem } from '@bulk/client';
import type { ListRegistrationsResponse, RegistrationSummary } from '@bulk/contract';
import { LIMITS } from '@bulk/contract/plain';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { client, isTransient, messageOf } from '../api.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Notice } from '../components/notice.tsx';
import { say } from '../components/toasts.tsx';
import { counted, moment } from '../format.ts';
import { saveFile } from '../save-file.ts';
import { usePageTitle } from '../shell/use-page-title.ts';
import { ListActions } from './list-actions.tsx';
import { ListFilters } from './list-filters.tsx';
import './list-page.css';
import { FILTERS, isFiltered, listQueryOf, pageOf } from './list-query.ts';
import { ListTable } from './list-table.tsx';
import { ListTotals } from './list-totals.tsx';
import { Pager } from './pager.tsx';

/** How often the list is read again: while a registration runs or after an error, and otherwise. */
const RUNNING_MS = 1_500;
const RESTING_MS = 15_000;

export function ListPage() {
  usePageTitle('Registrations');
  const [params] = useSearchParams();
  const query = listQueryOf(params);
  const list = useQuery({
    queryKey: ['list', query],
    queryFn: ({ signal }) => client.list(query, { signal, tries: 1 }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => rereadMs(state),
  });

  return (
    <div className="stack">
      <div className="page-heading">
        <h1>Registrations</h1>
      </div>
      <ListTotals />
      <ListFilters fieldErrors={list.error instanceof ApiProblem ? list.error.errors : []} />
      {list.isError && <ListError error={list.error} readAt={list.data ? list.dataUpdatedAt : null} />}
      {list.data && !isRefused(list.error) && <Listed list={list.data} params={params} />}
      {list.isPending && <p className="muted">Loading …</p>}
    </div>
  );
}

function Listed({ list, params }: { list: ListRegistrationsResponse; params: URLSearchParams }) {
  const [chosen, setSelected] = useState<ReadonlySet<string>>(new Set());
  // What is not shown any more is not selected either.
  const acting = list.data.filter(({ id }) => chosen.has(id));
  const selected = new Set(acting.map(({ id }) => id));
  const { page: shownPage, total, total_is_exact: isExact, limit } = list.pagination;
  const pages = Math.max(1, Math.min(Math.ceil(total / limit), Math.floor(LIMITS.reachOfPages / limit)));
  const pager = { total, isExact, page: pageOf(params), shownPage, pages, params };
  if (list.data.length > 0) {
    return (
      <>
        <ListActions selected={acting} onClear={() => setSelected(new Set())} />
        <ListTable registrations={list.data} selected={selected} onSelectedChange={setSelected} />
        <Pager {...pager}>
          <button type="button" className="button" onClick={() => void exportCsv(list.data)}>
            Export as CSV what is shown
          </button>
        </Pager>
      </>
    );
  }
  if (total > 0) return <Pager {...pager} />;
  return isFiltered(params) ? (
    <EmptyState
      level={2}
      title="No registrations match these filters"
      text="Change the filters, or show all registrations."
      action={{ href: '/', label: 'Show all' }}
    />
  ) : (
    <EmptyState
      level={2}
      title="No registrations yet"
      text="Register one activity for many mentors at once, and see the result of each mentor here."
      action={{ href: '/new', label: 'Register mentors' }}
    />
  );
}

async function exportCsv(registrations: readonly RegistrationSummary[]): Promise<void> {
  const { listCsvOf } = await import('./list-csv.ts');
  saveFile(new Blob([listCsvOf(registrations)], { type: 'text/csv' }), 'registrations.csv');
  say(`${counted(registrations.length, 'registration')} exported.`);
}

function ListError({ error, readAt }: { error: Error; readAt: number | null }) {
  return (
    <Notice tone={isRefused(error) ? 'bad' : 'warn'} role="status">
      <p>
        {areFiltersWrong(error) ? 'Some filters are not valid.' : messageOf(error)}{' '}
        {!isRefused(error) &&
          readAt !== null &&
          `This list was loaded at ${moment(new Date(readAt).toISOString())}. `}
        {!isRefused(error) && 'Trying again …'}
      </p>
    </Notice>
  );
}

function areFiltersWrong(error: Error): boolean {
  if (!(error instanceof ApiProblem)) return false;
  const isFilter = (name: string | undefined) => FILTERS.some((filter) => filter === name);
  return error.errors.length > 0 && error.errors.every(({ parameter }) => isFilter(parameter));
}

/** Tells whether the API refused the request, so that a retry gets the same answer. */
function isRefused(error: Error | null): boolean {
  return error instanceof ApiProblem && !isTransient(error);
}

/** Returns when to read the list again. */
function rereadMs({
  data,
  error,
}: {
  data: ListRegistrationsResponse | undefined;
  error: Error | null;
}): number {
  if (error instanceof ApiProblem) return Math.max(RUNNING_MS, error.retryAfterMs ?? 0);
  return isRunning(data) || error !== null ? RUNNING_MS : RESTING_MS;
}

function isRunning(list: ListRegistrationsResponse | undefined): boolean {
  return list?.data.some(({ status }) => status === 'processing') ?? false;
}
