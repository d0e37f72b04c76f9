import { createRequire } from 'node:module';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { BullMQOtel } from 'bullmq-otel';
import type { Tracing } from './tracing.ts';

const TRACER = 'bulk-registrations';

/**
 * Starts OpenTelemetry for this process: a context that follows each call, spans of all statements, and an exporter.
 * It reads its own settings: OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS, OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES.
 */
export function startTracing(program: 'api' | 'worker'): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': `${TRACER}-${program}` }))
    .merge(detectResources({ detectors: [envDetector] }));
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  // Without baggage: it would store texts of callers in the jobs.
  provider.register({ propagator: new W3CTraceContextPropagator() });
  // Only what belongs to a request or a job: the queue on PostgreSQL asks for work all the time.
  registerInstrumentations({ instrumentations: [new PgInstrumentation({ requireParentSpan: true })] });
  // The instrumentation wraps what is required, and our modules import: this lets it see pg.
  createRequire(import.meta.url)('pg');

  const tracer = trace.getTracer(TRACER);
  return {
    queueTelemetry: new BullMQOtel({ tracerName: TRACER }),
    span: (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes }, async (span) => {
        try {
          return await work();
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      }),
    close: () => provider.shutdown(),
  };
}
