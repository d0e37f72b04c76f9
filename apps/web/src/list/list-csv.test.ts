import type { RegistrationSummary } from '@bulk/contract';
import { expect, test } from 'vitest';
import { listCsvOf } from './list-csv.ts';

test('texts are quoted where needed, and no formula is run', () => {
  const rows = [{ id: 'bulk-001', coordinator_id: '=1+1', activity_type: 'a "b", c', mentor_count: 2 }];
  expect(listCsvOf(rows as RegistrationSummary[])).toBe(
    'id,coordinator_id,activity_type,mentor_count\r\nbulk-001,\'=1+1,"a ""b"", c",2\r\n',
  );
});

test('a column is there as soon as one registration has a value for it', () => {
  const rows = [{ id: 'bulk-002' }, { id: 'bulk-001', label: 'Spring' }];
  expect(listCsvOf(rows as RegistrationSummary[])).toBe('id,label\r\nbulk-002,\r\nbulk-001,Spring\r\n');
});
