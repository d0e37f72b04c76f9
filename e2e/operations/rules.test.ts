import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findPromtool } from '../../scripts/lib/test-promtool.mjs';

// `npm test` finds or installs promtool, and says so loudly when there is none.

const folder = fileURLToPath(new URL('../../ops/prometheus/', import.meta.url));

function promtool(...args: string[]): string {
  return execFileSync(findPromtool()!, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

test('Prometheus takes the example of its settings, and the alerts', () => {
  expect(promtool('check', 'config', 'prometheus.yml')).toContain('SUCCESS: 11 rules found');
});

test('each alert fires under its fault, and none while all is well', () => {
  expect(promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
});
