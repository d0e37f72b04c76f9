import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Span {
  traceId: string;
  name: string;
  /** As OTLP numbers them: 2 server, 4 producer, 5 consumer. */
  kind: number;
  /** Name and value of each attribute. */
  attributes: Record<string, string | number>;
}

/** Takes traces as a collector of OpenTelemetry does: OTLP over HTTP, in JSON. */
export interface Collector {
  url: string;
  spans(): Span[];
  /** All that was received. */
  received(): string;
  close(): void;
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}
type ReceivedSpan = Omit<Span, 'attributes'> & { attributes: Attribute[] };
interface Body {
  resourceSpans: Array<{ scopeSpans: Array<{ spans: ReceivedSpan[] }> }>;
}

export async function startCollector(): Promise<Collector> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () =>
      bodies
        .flatMap((body) => (JSON.parse(body) as Body).resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans)
        .map(toSpan),
    received: () => bodies.join('\n'),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function toSpan({ traceId, name, kind, attributes }: ReceivedSpan): Span {
  const entries = attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']);
  return { traceId, name, kind, attributes: Object.fromEntries(entries) };
}
