import { BASE_PATH } from '@bulk/contract';
export type Outcome =
  | { kind: 'answer'; status: number; body: unknown; headers: Headers; ms: number }
  /** The connection was refused: it did not happen. */
  | { kind: 'not-sent' }
  /** Cut off or no answer in time: it may have happened, or may yet. */
  | { kind: 'unknown' };

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below /api/v1/bulk-registrations. */
  path?: string;
  body?: object;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/** Sends one request. Returns what the client may conclude from the answer. */
export async function call(baseUrl: string, request: Call): Promise<Outcome> {
  const startedAt = performance.now();
  try {
    const response = await fetch(`${baseUrl}${BASE_PATH}${request.path ?? ''}`, {
      method: request.method,
      headers: { ...(request.body && { 'content-type': 'application/json' }), ...request.headers },
      signal: AbortSignal.timeout(request.timeoutMs ?? 10_000),
      ...(request.body && { body: JSON.stringify(request.body) }),
    });
    const text = await response.text();
    const ms = performance.now() - startedAt;
    const body: unknown = text === '' ? null : JSON.parse(text);
    return { kind: 'answer', status: response.status, body, headers: response.headers, ms };
  } catch (error) {
    const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
    return { kind: code === 'ECONNREFUSED' ? 'not-sent' : 'unknown' };
  }
}
