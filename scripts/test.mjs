// `npm test`: all tests, the queue's on PostgreSQL and on Redis. Brings its own PostgreSQL and, where
// that is possible, its own Redis, a browser and promtool. Arguments are Vitest's (a file name, -t "name of a
// test"); `--no-redis` leaves out the half on Redis, and `--no-browser` the tests of the web page.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, installProgram } from './lib/system-program.mjs';
import { provideBrowser } from './lib/test-browser.mjs';
import { providePromtool } from './lib/test-promtool.mjs';
import { provideRedis } from './lib/test-redis.mjs';
import { readTotals } from './lib/test-totals.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const OWN_ARGS = ['--no-redis', '--no-browser'];
const args = process.argv.slice(2).filter((arg) => !OWN_ARGS.includes(arg));
const [isWithoutRedis, isWithoutBrowser] = OWN_ARGS.map((arg) => process.argv.includes(arg));

const reportDir = mkdtempSync(join(tmpdir(), 'bulk-report-'));
process.once('exit', () => rmSync(reportDir, { recursive: true, force: true }));

const redis = isWithoutRedis ? null : await provideRedis(process.env);
const browser = isWithoutBrowser ? null : provideBrowser();
const promtool = providePromtool();
const pgBouncer =
  findProgram(['pgbouncer']) ?? installProgram({ program: 'pgbouncer', package: 'pgbouncer' });
const notice = [
  redis === null && redisNotRun(),
  browser === null && browserNotRun(),
  promtool === null && promtoolNotRun(),
  pgBouncer === null && pgBouncerNotRun(),
]
  .filter(Boolean)
  .join('');
if (notice) console.log(notice);

const report = join(reportDir, 'report.json');
const exitCode = await runVitest(report);
await redis?.stop();

const { passed, failed, skipped, failures } = readTotals(report, exitCode);
if (notice) console.log(notice);
for (const failure of failures) console.log(`FAILED ${failure}`);
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = exitCode;

function runVitest(outputFile) {
  const { TEST_REDIS_URL: _, ...env } = process.env;
  // Empty: Vitest doesn't look for one again.
  env.CHROME_PATH = browser ?? '';
  const vitest = spawn(
    'node_modules/.bin/vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`, ...args],
    { env: { ...env, ...(redis && { TEST_REDIS_URL: redis.url }) }, stdio: 'inherit' },
  );
  // Vitest stops, and we stop what we started when it has.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => vitest.kill(signal));
  return new Promise((settle, reject) => {
    vitest.once('error', reject);
    vitest.once('exit', (code) => settle(code ?? 1));
  });
}

function redisNotRun() {
  const reason = isWithoutRedis
    ? '--no-redis was given.'
    : 'no redis-server was found. Install it (apt-get install redis-server, brew install redis) or set REDIS_URL.';
  return `\n!!! NOT RUN: the queue's tests on Redis, because ${reason}\n!!! The same tests run on PostgreSQL.\n`;
}

function browserNotRun() {
  const reason = isWithoutBrowser
    ? '--no-browser was given.'
    : 'no Chromium was found. Install it (apt-get install chromium-headless-shell, brew install --cask chromium) or set CHROME_PATH.';
  return `\n!!! NOT RUN: the tests of the web page, because ${reason}\n`;
}

function promtoolNotRun() {
  return '\n!!! NOT RUN: the tests of the alerts, because no promtool was found. Install it (apt-get install prometheus, brew install prometheus).\n';
}

function pgBouncerNotRun() {
  return '\n!!! NOT RUN: the test behind PgBouncer, because it was not found. Install it (apt-get install pgbouncer, brew install pgbouncer).\n';
}
