import type { BullMQOtel } from 'bullmq-otel';

export type SpanAttributes = Record<string, string | number>;

/** Records what happens for OpenTelemetry. It is made only where OTEL_EXPORTER_OTLP_ENDPOINT is set. */
export interface Tracing {
  /** Runs `work` as a span. One that throws is marked as failed, without the text of the error. */
  span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>;
  /** Takes the trace along in the jobs of the queue. */
  readonly queueTelemetry: BullMQOtel;
  /** Sends the spans that are left. */
  close(): Promise<void>;
}

/** Runs `work`, as a span if tracing is on. */
export function inSpan<T>(
  tracing: Tracing | null,
  name: string,
  attributes: SpanAttributes,
  work: () => Promise<T>,
): Promise<T> {
  return tracing === null ? work() : tracing.span(name, attributes, work);
}
