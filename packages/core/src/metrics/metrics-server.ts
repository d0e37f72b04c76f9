import { createServer, type Server, type ServerResponse } from 'node:http';
import { collectDefaultMetrics } from 'prom-client';
import { ConfigError } from '../config.ts';
import type { Deps } from '../deps.ts';
import { addStateGauges } from './state-gauges.ts';

/**
 * Answers /metrics on METRICS_PORT, in the text format of Prometheus. It asks for no key: nothing but numbers and
 * names of ours is there, and the port is not that of the API. It keeps no process from ending.
 *
 * @returns null if METRICS_PORT is not set
 * @throws ConfigError if the port is in use
 */
export async function startMetricsServer(deps: Deps): Promise<Server | null> {
  const { host, metricsPort } = deps.config;
  if (metricsPort === null) return null;
  collectDefaultMetrics({ register: deps.metrics.registry });
  addStateGauges(deps);

  const server = createServer((request, response) => {
    if (request.url === '/metrics') void answer(deps, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(metricsPort, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new ConfigError([`METRICS_PORT must be a free port: ${metricsPort} on ${host} is in use`]);
  });
  return server.unref();
}

async function answer({ metrics: { registry }, log }: Deps, response: ServerResponse): Promise<void> {
  try {
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  } catch (error) {
    log.warn({ err: error }, 'could not read the metrics');
    response.writeHead(500).end();
  }
}
