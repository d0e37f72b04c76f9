import type { BulkClient } from '@bulk/client';
import { writeCsv } from '@bulk/client/csv';
import { LIMITS, type ListRegistrationsQuery, type RegistrationSummary } from '@bulk/contract';

const COLUMNS: ReadonlyArray<keyof RegistrationSummary> = [
  'id',
  'coordinator_id',
  'activity_type',
  'activity_date',
  'mentor_count',
  'status',
  'success_count',
  'failure_count',
  'created_at',
  'label',
  'external_reference',
];

/** Reads all registrations that match, page after page, and writes them as CSV. */
export async function* listCsv(
  client: BulkClient,
  query: ListRegistrationsQuery,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  yield writeCsv([[...COLUMNS]]);
  let { after } = query;
  for (;;) {
    const { data, pagination } = await client.list(
      { ...query, limit: LIMITS.pageSize, ...(after !== undefined && { after }) },
      { signal },
    );
    yield writeCsv(data.map((each) => COLUMNS.map((column) => String(each[column] ?? ''))));
    if (pagination.next_cursor === null) return;
    after = pagination.next_cursor;
  }
}
