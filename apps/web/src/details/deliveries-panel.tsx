import type { WebhookDelivery } from '@bulk/contract';
import { messageOf } from '../api.ts';
import { Notice } from '../components/notice.tsx';
import { counted, moment } from '../format.ts';
import './deliveries-panel.css';
import { useDeliveries } from './use-deliveries.ts';
import type { Registration } from './use-registration.ts';

const LOOKS = {
  pending: { label: 'Waiting', tone: 'quiet' },
  delivered: { label: 'Delivered', tone: 'good' },
  failed: { label: 'Given up', tone: 'bad' },
} as const;

/** Shows what was sent to the webhook, and sends it again; nothing if there are no deliveries. */
export function DeliveriesPanel({ registration }: { registration: Registration }) {
  const { deliveries, redeliver } = useDeliveries(registration);
  if (deliveries.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="deliveries-heading">
      <h2 id="deliveries-heading">Webhook deliveries</h2>
      {redeliver.error !== null && (
        <Notice tone="bad" role="alert">
          <p>{messageOf(redeliver.error)}</p>
        </Notice>
      )}
      <ul className="card deliveries">
        {deliveries.map((delivery) => (
          <Delivery
            key={delivery.id}
            delivery={delivery}
            isBusy={redeliver.isPending}
            onRedeliver={() => redeliver.mutate(delivery.id)}
          />
        ))}
      </ul>
    </section>
  );
}

interface DeliveryProps {
  delivery: WebhookDelivery;
  isBusy: boolean;
  onRedeliver: () => void;
}

function Delivery({ delivery, isBusy, onRedeliver }: DeliveryProps) {
  const { type, status, created_at } = delivery;
  const { label, tone } = LOOKS[status];
  return (
    <li className="row">
      <div className="row">
        <time className="muted numeric" dateTime={created_at}>
          {moment(created_at)}
        </time>
        <code>{type}</code>
        <span className={`badge badge-${tone}`}>{label}</span>
        <span className="muted">{sentenceOf(delivery)}</span>
      </div>
      <button
        type="button"
        className="button"
        aria-label={`Send again: ${type}, ${moment(created_at)}`}
        aria-disabled={isBusy}
        onClick={() => {
          if (!isBusy) onRedeliver();
        }}
      >
        Send again
      </button>
    </li>
  );
}

/** "3 attempts. The endpoint answered 500. Next attempt: 28 Mar 2026, 08:01:30" */
function sentenceOf({ attempts, last_error, last_http_status, next_attempt_at }: WebhookDelivery): string {
  if (attempts === 0) return 'Not sent yet.';
  const answer =
    last_error ?? (last_http_status === null ? '' : `The endpoint answered ${last_http_status}.`);
  const next = next_attempt_at === null ? '' : `Next attempt: ${moment(next_attempt_at)}`;
  return [`${counted(attempts, 'attempt')}.`, answer, next].filter(Boolean).join(' ');
}
