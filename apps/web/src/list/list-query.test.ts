import { expect, test } from 'vitest';
import { isFiltered, listQueryOf, withFilter, withPage } from './list-query.ts';

const params = (search: string) => new URLSearchParams(search);

test('an address without filters asks for the first page of all', () => {
  expect(listQueryOf(params(''))).toEqual({ page: 1 });
  expect(isFiltered(params('page=2'))).toBe(false);
});

test('filters of the address go to the API in its own types', () => {
  const search = 'status=failed&coordinator_id=c%26d&from=2026-01-01&has_failures=true&page=3&utm=x';
  expect(listQueryOf(params(search))).toEqual({
    status: 'failed',
    coordinator_id: 'c&d',
    from: '2026-01-01',
    has_failures: true,
    page: 3,
  });
});

test.each(['0', '-1', '1.5', 'x'])('page %s is the first one', (page) => {
  expect(listQueryOf(params(`page=${page}`)).page).toBe(1);
});

test('another filter begins at the first page, and an empty one leaves the address', () => {
  expect(withFilter(params('status=failed&page=3'), 'activity_type', 'a b').toString()).toBe(
    'status=failed&activity_type=a+b',
  );
  expect(withFilter(params('status=failed&page=3'), 'status', '').toString()).toBe('');
});

test('a page keeps the filters', () => {
  expect(withPage(params('status=failed'), 2)).toBe('/?status=failed&page=2');
  expect(withPage(params('page=2'), 1)).toBe('/');
});
