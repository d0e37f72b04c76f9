import { expect, test } from 'vitest';
import { ALERT_TESTS, ALERTS, OPERATIONS } from './files.ts';

const alerts = ALERTS.split('- alert: ')
  .slice(1)
  .map((text) => ({ name: /^\w+/.exec(text)?.[0] ?? '', text }));

test('every alert says what is wrong, what to do, and where more is written about it', () => {
  expect(alerts).not.toHaveLength(0);
  for (const { name, text } of alerts) {
    expect(text).toMatch(/severity: (page|ticket)/);
    expect(text).toMatch(/summary: .*\.['"\n]/);
    expect(text).toMatch(/action: .*\.\n/);
    expect(text).toContain(`runbook_url: docs/operations.md#${name.toLowerCase()}\n`);
  }
});

test('docs/operations.md has a section for every alert, and for no other', () => {
  const sections = [...OPERATIONS.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(alerts.map(({ name }) => name));
});

test('every alert has a test in which it fires', () => {
  const tested = new Set([...ALERT_TESTS.matchAll(/ALERTS\{alertname="(\w+)"/g)].map(([, name]) => name));
  expect(tested).toEqual(new Set(alerts.map(({ name }) => name)));
});
