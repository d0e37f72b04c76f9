import { type Helper, startHelper } from './helper.ts';

export interface Load {
  url: string;
  headers?: Record<string, string>;
  /** The status that every answer must have. */
  status: number;
  connections: number;
  durationMs: number;
  /** Sends one each so often, whether the last is answered or not; left out: as fast as they are answered. */
  everyMs?: number;
}

export interface LoadSeen {
  perSecond: number;
  /** Of a paced load, each request: when it was due (`monotonicMs`), and how long after that it was answered. */
  paced: Array<{ dueAtMs: number; tookMs: number }>;
}

/** Sends GETs from a process of its own, so that the sender's work is no part of what is measured. */
export type HttpLoad = Helper<Load, LoadSeen>;

export function startHttpLoad(): Promise<HttpLoad> {
  return startHelper('http-load-process.ts');
}
