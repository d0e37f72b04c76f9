import { isLoopback } from '../config.ts';
import { namesPrivateAddress } from '../webhooks/public-address.ts';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

/** Whether the address of the webhook can be used, and is safe. */
export function webhookAddress({ config: { webhook } }: Context): Finding[] {
  if (webhook === null) return [];
  if (!webhook.allowsPrivate && namesPrivateAddress(webhook.url)) {
    return [
      {
        severity: 'error',
        what: 'WEBHOOK_URL is inside the private network, so that nothing is sent to it.',
        do: 'Use a public address, or set WEBHOOK_ALLOW_PRIVATE=true if you trust it.',
      },
    ];
  }
  const { protocol, hostname } = new URL(webhook.url);
  if (protocol === 'https:' || isLoopback(hostname)) return [];
  return [
    {
      severity: 'warning',
      what: 'WEBHOOK_URL is not encrypted: whoever is on the way can read the events.',
      do: 'Let the endpoint listen by https, and name that address.',
    },
  ];
}

/** Events that the endpoint did not take. */
export async function webhookDeliveries({ db, config }: Context): Promise<Finding[]> {
  const [counts] = await db.prisma.$queryRaw<Array<{ failed: number; late: number }>>`
    select
      (
        select count(*)::integer from webhook_deliveries
        where status = 'failed' and finished_at > now() - interval '1 day'
      ) as failed,
      (
        select count(*)::integer from webhook_deliveries
        where status = 'pending' and created_at < now() - interval '1 hour'
      ) as late`;
  const { failed = 0, late = 0 } = counts ?? {};
  const findings: Finding[] = [];
  if (failed > 0) {
    findings.push({
      severity: 'warning',
      what: `Events that the webhook did not take within the last day: ${failed}.`,
      do: 'Find out why in last_error of webhook_deliveries, and send them again by POST …/deliveries/:delivery/redeliver.',
    });
  }
  if (late > 0) {
    findings.push({
      severity: 'warning',
      what: `Events that have waited for the webhook for more than an hour: ${late}.`,
      do:
        config.webhook === null
          ? 'Set WEBHOOK_URL and WEBHOOK_SECRET again, for the API and the workers.'
          : 'See that the endpoint answers with 2xx, and that a worker runs.',
    });
  }
  return findings;
}
