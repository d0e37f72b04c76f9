import type { ListRegistrationsQuery, RegistrationStatus } from '@bulk/contract';

export const STATUS_LABELS: Record<RegistrationStatus, string> = {
  processing: 'Processing',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  undone: 'Undone',
};

export const SORT_LABELS = { created_at: 'Oldest first' } as const;

/** The filters and the order, named as in the address. Empty: not filtered. */
export const FILTERS = [
  'status',
  'coordinator_id',
  'activity_type',
  'from',
  'to',
  'has_failures',
  'label',
  'external_reference',
  'sort',
] as const;
export type Filter = (typeof FILTERS)[number];

/** Reads the query from the address. Wrong values are sent too: the answer of the API says what is wrong. */
export function listQueryOf(params: URLSearchParams): ListRegistrationsQuery {
  const { status, has_failures, sort, ...texts } = Object.fromEntries(
    FILTERS.map((name) => [name, params.get(name)]).filter(([, value]) => value),
  ) as Partial<Record<Filter, string>>;
  return {
    ...texts,
    ...(status && { status: status as RegistrationStatus }),
    ...(has_failures && { has_failures: has_failures === 'true' }),
    ...(sort && { sort: sort as keyof typeof SORT_LABELS }),
    page: pageOf(params),
  };
}

export function pageOf(params: URLSearchParams): number {
  const page = Number(params.get('page') ?? 1);
  return Number.isSafeInteger(page) && page >= 1 ? page : 1;
}

export function isFiltered(params: URLSearchParams): boolean {
  return FILTERS.some((name) => params.get(name));
}

/** Returns the parameters with one filter changed, back at the first page. */
export function withFilter(params: URLSearchParams, name: Filter, value: string): URLSearchParams {
  const next = new URLSearchParams(params);
  if (value === '') next.delete(name);
  else next.set(name, value);
  next.delete('page');
  return next;
}

export function withPage(params: URLSearchParams, page: number): string {
  const next = new URLSearchParams(params);
  if (page === 1) next.delete('page');
  else next.set('page', String(page));
  const search = next.toString();
  return search === '' ? '/' : `/?${search}`;
}
