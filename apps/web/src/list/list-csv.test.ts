import type { RegistrationSummary } from '@bulk/contract';
import { expect, test } from 'vitest';
import { listCsvOf } from './list-csv.ts';

test('texts are quoted where needed, and no formula is run', () => {
  const rows = [{ id: 'bulk-001', coordinator_id: '=1+1', activity_type: 'a "b", c', mentor_count: 2 }];
  expect(listCsvOf(rows as RegistrationSummary[])).toBe(
    'id,coordinator_id,activity_type,mentor_count\r\nbulk-001,\'=1+1,"a ""b"", c",2\r\n',
  );
});
