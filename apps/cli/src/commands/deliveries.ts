import type { WebhookDelivery } from '@bulk/contract';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Registry } from '../registry.ts';
import { tableOf } from './table-of.ts';

export function addDeliveries({ program, perform }: Registry): void {
  program
    .command('deliveries')
    .description(
      'List the events that were sent to the webhook for a registration, newest first, or send one again.',
    )
    .argument('<id>', 'such as bulk-001')
    .option('--redeliver <delivery>', 'ID of the delivery to send again, such as msg_…')
    .action((id: string, { redeliver: deliveryId }: { redeliver?: string }) =>
      perform((context) =>
        deliveryId === undefined ? listDeliveries(context, id) : redeliver(context, id, deliveryId),
      ),
    );
}

async function listDeliveries({ client, io, isJson, print, say }: Context, id: string): Promise<ExitCode> {
  const answer = await client.deliveries(id, { signal: io.signal });
  if (isJson) print(JSON.stringify(answer));
  else if (answer.data.length === 0) say('Nothing was sent to a webhook.');
  else for (const line of tableOf(HEADER, answer.data.map(cellsOf))) print(line);
  return EXIT.ok;
}

async function redeliver(
  { client, io, isJson, print, say }: Context,
  id: string,
  deliveryId: string,
): Promise<ExitCode> {
  const delivery = await client.redeliver(id, deliveryId, { signal: io.signal });
  if (isJson) print(JSON.stringify(delivery));
  else say(`Accepted. It will be sent in a moment. To see the answer: bulk deliveries ${id}`);
  return EXIT.ok;
}

const HEADER = ['DELIVERY', 'EVENT', 'CREATED', 'STATUS', 'ATTEMPTS', 'LAST ANSWER'];

function cellsOf(each: WebhookDelivery): string[] {
  const { id, type, created_at, status, attempts, last_error, last_http_status } = each;
  const answer = last_error ?? (last_http_status === null ? '-' : String(last_http_status));
  return [id, type, created_at, status, String(attempts), answer];
}
