import { type BulkClient, createClient } from '@bulk/client';
import { readApiKey } from './api-key.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** Options of every command. */
export interface GlobalOptions {
  url?: string;
  keyFile?: string;
  json?: true;
}

/** What a command works with. */
export interface Context {
  client: BulkClient;
  io: Io;
  isJson: boolean;
  /** Writes a line of the answer to standard output. */
  print: (line: string) => void;
  /** Writes a line for people to standard error. */
  say: (line: string) => void;
}

const DEFAULT_URL = 'http://localhost:3000';

export function createContext(io: Io, options: GlobalOptions): Context {
  const say = (line: string) => void io.stderr.write(`${line}\n`);
  const client = createClient({
    baseUrl: serviceUrl(options.url ?? io.env.BULK_URL ?? DEFAULT_URL),
    apiKey: readApiKey(options.keyFile, io, say),
    onRetry: ({ error, delayMs }) =>
      say(`Trying again in ${(delayMs / 1_000).toFixed(1)} s: ${error.message}`),
  });
  return {
    client,
    io,
    isJson: options.json ?? false,
    say,
    print: (line) => void io.stdout.write(`${line}\n`),
  };
}

/** @throws UsageError if the address is not valid */
function serviceUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.username || url?.password) throw new UsageError('--url must have no user name and no password');
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
  throw new UsageError(`--url must be an http or https address, not ${JSON.stringify(text)}`);
}
