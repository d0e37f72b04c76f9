import { redisHosts } from '@bulk/core';

/**
 * What a newcomer wants to know once everything runs.
 *
 * @param {{ config: import('@bulk/core').Config, port: number, password: string | null, dataDir: string | null }} facts
 *   password: the kept one, null when ADMIN_PASSWORD is set; dataDir: null when DATABASE_URL is set
 */
export function summary({ config, port, password, dataDir }) {
  const base = `http://${reachable(config.host)}:${port}`;
  const lines = {
    Page: `${base}/`,
    API: `${base}/api/v1/bulk-registrations   ${accessTo(config)}`,
    Docs: `${base}/docs`,
    Dashboard: `${base}/admin/queues   user ${config.adminUser}, ${password === null ? 'password as set in ADMIN_PASSWORD' : `password ${password} (kept in .data/admin-password)`}`,
    Data: dataDir
      ? `PostgreSQL in ${dataDir} (DATABASE_URL: another one)`
      : `PostgreSQL at ${placeOf(config.databaseUrl)}`,
    Queue: config.redisUrl
      ? `Redis at ${redisHosts(config.redisUrl)}`
      : 'PostgreSQL (REDIS_URL: Redis instead)',
    ...(config.metricsPort && {
      Metrics: `${metricsAt(config, 0)}, ${metricsAt(config, 1)} of the worker`,
    }),
    Stop: 'Ctrl-C; the data stays',
  };
  const table = Object.entries(lines).map(([name, value]) => `  ${name.padEnd(10)} ${value}`);
  return ['', 'Bulk registrations: running', '', ...table, ''].join('\n');
}

/** @param {import('@bulk/core').Config} config */
function accessTo({ apiAuth }) {
  return apiAuth === 'keys'
    ? 'with keys: npm run keys'
    : 'open to everybody who reaches it (API_AUTH=keys: not)';
}

function metricsAt({ host, metricsPort }, offset) {
  return `http://${reachable(host)}:${metricsPort + offset}/metrics`;
}

/** Without user and password. */
function placeOf(url) {
  const { host, pathname } = new URL(url);
  return `${host}${pathname === '/' ? '' : pathname}`;
}

function reachable(host) {
  if (['0.0.0.0', '::'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
