import { CONTRACT_EXAMPLES, RESULT_ERRORS } from '@bulk/contract';

const { list, details } = CONTRACT_EXAMPLES;

/** Whole answers for the OpenAPI document: those of the contract with every field, and answers that it has no example of. */
export const DOCUMENT_EXAMPLES = {
  list: { ...list, pagination: { ...list.pagination, next_cursor: null, total_is_exact: true } },
  details: {
    ...details,
    mentor_count: 3,
    notes: null,
    override_duplicates: false,
    retry_count: 0,
    updated_at: details.completed_at,
    transient_error: null,
    progress: { processed: 3, pending: 0, percent: 100, started_at: '2026-03-22T10:00:01Z' },
    waiting_reason: null,
    history: [{ action: 'accepted', by: 'front office', at: details.created_at, mentor_count: 3 }],
    undone_count: 0,
    kept_count: 0,
    label: 'Spring kick-off',
    external_reference: null,
  },
  dryRun: {
    mentor_count: 4,
    success_count: 3,
    failure_count: 1,
    duplicates: [
      {
        mentor_id: 'mentor-17',
        existing_activity_id: 'pa-010',
        registration_id: 'bulk-001',
        coordinator_id: 'coord-42',
        registered_at: '2026-03-22T10:01:30Z',
      },
    ],
    plan: 'Qm9va2VlcGVyAAE',
  },
  results: {
    id: 'bulk-002',
    status: 'completed',
    complete: true,
    data: [
      { mentor_id: 'mentor-18', activity_id: 'pa-013', status: 'success' },
      {
        mentor_id: 'mentor-17',
        activity_id: null,
        status: 'failed',
        error: { code: 'duplicate', message: RESULT_ERRORS.duplicate },
        existing_activity_id: 'pa-010',
      },
    ],
    pagination: { limit: 1000, next_cursor: null },
  },
};
