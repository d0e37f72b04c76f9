import { readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

export const ALERTS = read('ops/prometheus/alerts.yml');
export const ALERT_TESTS = read('ops/prometheus/alerts.test.yml');
export const DASHBOARD = read('ops/grafana/bulk-registrations.json');
export const OPERATIONS = read('docs/operations.md');
