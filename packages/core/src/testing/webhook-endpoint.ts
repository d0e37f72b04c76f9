import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedMessage {
  headers: Record<string, string>;
  body: string;
}

export interface WebhookEndpoint {
  readonly url: string;
  /** In the order in which they arrived. */
  readonly received: ReceivedMessage[];
  /** Connections so far, also those on which nothing came. */
  connectionCount(): number;
  /** How it answers from now on; at first with 204. */
  answer(how: (response: ServerResponse, message: ReceivedMessage) => void): void;
  close(): Promise<void>;
}

/** What a webhook's messages are sent to: a real server, on a port of its own. */
export async function startWebhookEndpoint(): Promise<WebhookEndpoint> {
  const received: ReceivedMessage[] = [];
  let connections = 0;
  let respond = (response: ServerResponse, _message: ReceivedMessage): void => {
    response.writeHead(204).end();
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const message = { headers: request.headers as Record<string, string>, body };
      received.push(message);
      respond(response, message);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    connectionCount: () => connections,
    answer(how) {
      respond = how;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
