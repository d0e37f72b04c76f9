import { isLoopback } from '../config.ts';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

const GOOD_PASSWORD = 12;

/** Who is let in where other machines reach the API. */
export function openAddress({ config }: Context): Finding[] {
  if (isLoopback(config.host)) return [];
  const findings: Finding[] = [];
  if (config.apiAuth === null) {
    findings.push({
      severity: 'error',
      what: `API_AUTH is not set, and other machines reach HOST=${config.host}: the API does not start.`,
      do: 'Set API_AUTH=keys and make keys with npm run keys, or API_AUTH=none to let everybody in.',
    });
  }
  if (config.apiAuth === 'none') {
    findings.push({
      severity: 'warning',
      what: `API_AUTH=none: whoever reaches HOST=${config.host} may do everything.`,
      do: 'Set API_AUTH=keys, unless something in front of the API asks who is there.',
    });
  }
  if (config.adminPassword === null) {
    findings.push({
      severity: 'warning',
      what: 'ADMIN_PASSWORD is not set, so that there is no dashboard.',
      do: `Set ADMIN_PASSWORD to at least ${GOOD_PASSWORD} characters.`,
    });
  } else if (config.adminPassword.length < GOOD_PASSWORD) {
    findings.push({
      severity: 'warning',
      what: `ADMIN_PASSWORD has fewer than ${GOOD_PASSWORD} characters.`,
      do: 'Set a longer one: other machines reach the dashboard.',
    });
  }
  return findings;
}

/** Origins that anybody on the way can speak for. */
export function corsOrigins({ config }: Context): Finding[] {
  const plain = config.corsOrigins.filter((origin) => {
    const { protocol, hostname } = new URL(origin);
    return protocol === 'http:' && !isLoopback(hostname);
  });
  return plain.map((origin) => ({
    severity: 'warning',
    what: `CORS_ORIGINS has ${origin}, which is not encrypted: whoever is on the way can change its page and call the API from it.`,
    do: 'Serve the page by https, and list that address.',
  }));
}
